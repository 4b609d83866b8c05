import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AdvxError } from '../errors.ts'
import { decodePicture, readPictureFile } from '../io/decode.ts'
import type { Picture } from '../io/picture.ts'
import { encodePng } from '../io/png.ts'
import { writeFileAtomic } from '../io/write-file.ts'
import { advantage, argmax, confidence } from './decision.ts'
import type { Item } from './items.ts'
import type { Found } from './job.ts'
import { distances, inside } from './lattice.ts'
import { samplesFor, tryNoise } from './noise.ts'
import type { Line } from './options.ts'
import type { Pass } from './plan.ts'
import type { Pool } from './pool.ts'
import type { Prepared } from './prepare.ts'
import { type Read, type Reader, sha256 } from './reader.ts'

export interface Context {
  readonly prepared: Prepared
  readonly pool: Pool
  readonly read: Reader
  /** The out folder's real path. */
  readonly out: string
}

/** A line of results.jsonl and the pictures that it is about, null where there is none. */
export interface Attacked {
  readonly line: Line
  readonly clean: Picture | null
  /** As it was read from the written file. */
  readonly adversarial: Picture | null
}

/**
 * The picture is read, attacked, written and read again, and the line says what the written file is. A picture that
 * cannot be read, or of which the model says nothing, gives a line with the reason.
 */
export async function attackPicture(context: Context, pass: Pass, item: Item): Promise<Attacked> {
  const { prepared, pool, out } = context
  const line: Line = {
    image: item.source.name,
    sha256: null,
    attack: pass.plan.name,
    norm: pass.plan.norm,
    eps: pass.eps,
    target: null,
    label: item.label,
    labelFrom: item.label === null ? null : item.labelFrom,
    clean: null,
    outcome: 'failed',
    adversarial: null,
    distance: null,
    beforeRounding: null,
    gradients: 0,
    forwards: 0,
    lattice: { gradients: 0, forwards: 0 },
    zeroGradients: 0,
    nonFinite: 0,
    noise: null,
    file: null,
    fileSha256: null,
  }
  let read: Read
  try {
    read = await context.read(item)
  } catch (error) {
    if (error instanceof AdvxError && error.fault === 'picture') {
      const hash = await readPictureFile(item.source.path).then(sha256, () => null)
      return { line: { ...line, sha256: hash, error: error.message }, clean: null, adversarial: null }
    }
    throw error
  }
  const { picture, sha256: source } = read
  const logits = await pool.classify(picture.levels)
  if (!logits.every(Number.isFinite))
    return {
      line: { ...line, sha256: source, forwards: 1, nonFinite: 1, error: notFinite(item.source.name) },
      clean: null,
      adversarial: null,
    }
  const clean = await encodePng(picture)
  await keep(join(out, 'clean', item.output), clean)
  const said = argmax(logits)
  const label = item.label ?? said
  const target = prepared.target === 'least-likely' ? argmax(logits.map(z => -z)) : prepared.target
  const seen: Line = {
    ...line,
    sha256: source,
    target,
    label,
    labelFrom: item.labelFrom,
    clean: { class: said, confidence: confidence(logits, said) },
    cleanSha256: sha256(clean),
    forwards: 1,
  }
  const unbroken = (line: Line): Attacked => ({ line, clean: picture, adversarial: null })
  if (target !== null && said === target) return unbroken({ ...seen, outcome: 'skipped' })
  if (said !== label) return unbroken({ ...seen, outcome: 'misclassified' })

  const found = await pool.attack(prepared.job(pass), picture.levels, target ?? label)
  const tried = {
    ...seen,
    ...countsOf(found, seen),
    beforeRounding: found.beforeRounding,
    noise:
      pass.eps === null
        ? null
        : await tryNoise(
            pool.classify,
            {
              norm: pass.plan.norm,
              eps: pass.eps,
              seed: prepared.seed,
              channels: picture.channels,
              targeted: target !== null,
            },
            picture.levels,
            target ?? label,
            samplesFor(found.gradients),
          ),
  }
  if (!found.levels) return unbroken({ ...tried, outcome: 'robust' })
  const { again, ...is } = await written(
    context,
    pass,
    item,
    { ...picture, levels: found.levels },
    picture,
    target ?? label,
  )
  const by = found.by === null ? {} : { by: found.by }
  return { line: { ...tried, ...is, forwards: tried.forwards + 1, ...by }, clean: picture, adversarial: again }
}

const notFinite = (name: string): string =>
  `Expected finite scores of the model for '${name}' but got NaN or an infinity. Look at its weights and at --preprocess.`

/** Writes a file unless it is there as it shall be. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  const there = await readFile(path).catch(() => null)
  if (!there?.equals(bytes)) await writeFileAtomic(path, bytes)
}

const countsOf = (found: Found, seen: Line) => ({
  gradients: found.gradients,
  forwards: seen.forwards + found.forwards,
  lattice: found.lattice,
  zeroGradients: found.zeroGradients,
  nonFinite: found.nonFinite,
})

/** Writes an adversarial picture, reads it from disk again, and says what that is. */
async function written(
  { prepared, pool, out }: Context,
  { plan, eps, folder }: Pass,
  { output }: Item,
  adversarial: Picture,
  clean: Picture,
  y: number,
): Promise<Partial<Line> & { again: Picture }> {
  const file = `${folder}/${output}`
  await writeFileAtomic(join(out, file), await encodePng(adversarial))
  const bytes = await readFile(join(out, file))
  const again = await decodePicture(bytes, clean.channels, file)
  const judged = judge(await pool.classify(again.levels), again, clean, plan.norm, eps, y, prepared.target !== null)
  return { ...judged, file, fileSha256: sha256(bytes), again }
}

/** What a written picture is, by its logits and by its distances from the clean one. */
export function judge(
  logits: Float32Array,
  picture: Picture,
  clean: Picture,
  norm: Line['norm'],
  eps: number | null,
  y: number,
  targeted: boolean,
): Pick<Line, 'outcome' | 'adversarial' | 'distance'> {
  const distance = distances(picture.levels, clean.levels, clean.channels)
  const k = argmax(logits)
  const broken = advantage(logits, y, targeted) >= 0 && (eps === null || inside(norm, eps, distance))
  return {
    outcome: broken ? 'adversarial' : 'robust',
    adversarial: { class: k, confidence: confidence(logits, k) },
    distance,
  }
}
