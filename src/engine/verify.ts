import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AdvxError, expected } from '../errors.ts'
import { executorNamed, resolveDevice } from '../exec/devices.ts'
import { decodePicture } from '../io/decode.ts'
import { parseLine } from '../io/json-lines.ts'
import type { Picture } from '../io/picture.ts'
import { loadModel } from '../models/load.ts'
import { agree } from './agreement.ts'
import { argmax, confidence } from './decision.ts'
import { inOrder } from './in-order.ts'
import { linesOfReport, type Place, type PlannedAttack, placesOf } from './line-places.ts'
import { samplesFor, tryNoise } from './noise.ts'
import type { Line } from './options.ts'
import { judge } from './picture.ts'
import { availableThreads, hire, type Pool } from './pool.ts'
import { sha256 } from './reader.ts'
import { forwardOf } from './trace.ts'
import { reportDifferences } from './verify-reports.ts'

/** A field of a line that is not what the files say: `got` is what it holds, `expected` what it should. */
export interface Difference {
  readonly image: string
  readonly attack: string
  readonly eps: number | null
  readonly field: string
  readonly expected: unknown
  readonly got: unknown
}
export interface Verification {
  readonly lines: number
  readonly differences: readonly Difference[]
}

interface Recorded {
  readonly model: string
  /** Absent in plans of advx 0.1. */
  readonly output?: string
  readonly classes: number
  readonly preprocessing: unknown
  readonly target: number | 'least-likely' | null
  readonly seed: number
  readonly device: string
  readonly attacks: readonly PlannedAttack[]
}

/**
 * Re-reads every picture that a run wrote, classifies it again and recomputes its line. On the device of the run every
 * number is the same; on another one confidences may differ by what runtimes round otherwise.
 *
 * @throws AdvxError when the folder holds no results, or the model is not the one that was attacked.
 */
export async function verifyRun(
  folder: string,
  { model, device }: { model?: string; device?: string } = {},
  on: (done: number, total: number) => void = () => {},
): Promise<Verification> {
  const plan = await readJson<Recorded>(folder, 'plan.json')
  const lines = await readLines(folder)
  const places = placesOf(plan.attacks, lines)
  const classifier = await loadModel(model ?? (await recordedModel(folder)), {
    preprocess: plan.preprocessing as never,
    output: plan.output,
  })
  if (classifier.sha256 !== plan.model)
    throw expected(
      'model',
      `the model of the run (sha256 ${plan.model})`,
      'advx verify',
      `${classifier.file} (sha256 ${classifier.sha256})`,
      'Give it by -m.',
    )
  const { input, classes, logits, constants } = classifier
  const target = { shape: classifier.graph.input.shape, classes: classes.length, logits, constants }
  const executor = executorNamed(await resolveDevice(device))
  const pool = hire(executor, availableThreads())
  const differences = [
    ...wholeness(await linesOfReport(folder, plan.attacks), places.length, lines.length),
    ...(await reportDifferences(folder, lines)),
  ]
  let done = 0
  try {
    await pool.open('forward', await executor.compile(forwardOf(target)))
    const work = ([line, place]: readonly [Line, Place | undefined]): Promise<Difference[]> =>
      compare(folder, line, place, pool, input.channels, plan, executor.name)
    const pairs = lines.map((line, i) => [line, places[i]] as const)
    for await (const found of inOrder(pairs, work, 2 * pool.lanes)) {
      differences.push(...found)
      on(++done, lines.length)
    }
  } finally {
    await pool.close()
    await executor.close()
  }
  return { lines: lines.length, differences }
}

/** A run that has its report has all of its lines; any other has the first ones. */
function wholeness(reported: number | null, planned: number, lines: number): Difference[] {
  const expected = reported ?? lines
  if (lines === expected && (reported === null || lines === planned)) return []
  return [{ image: 'results.jsonl', attack: '', eps: null, field: 'lines', expected, got: lines }]
}

async function compare(
  folder: string,
  line: Line,
  place: Place | undefined,
  pool: Pool,
  channels: 1 | 3,
  plan: Recorded,
  device: string,
): Promise<Difference[]> {
  const { image, attack, eps } = line
  const differ = (field: string, got: unknown, wanted: unknown): Difference => ({
    image,
    attack,
    eps,
    field,
    expected: wanted,
    got,
  })
  if (!place) return [differ('image', image, 'no further line')]
  const planned = { image: place.image, attack: place.attack, norm: place.norm, eps: place.eps }
  const file = line.file === null ? null : `${place.folder}/${place.output}`
  try {
    const fields = { ...planned, file, ...(await recompute(folder, line, place, pool, channels, plan)) }
    return Object.entries(fields)
      .filter(([field, value]) => !agree(line[field as keyof Line], value, plan.device === device))
      .map(([field, value]) => differ(field, line[field as keyof Line], value))
  } catch (error) {
    return [differ('file', (error as Error).message, 'a readable picture')]
  }
}

/** What the files say of a line. */
async function recompute(
  folder: string,
  line: Line,
  { output }: Place,
  pool: Pool,
  channels: 1 | 3,
  { target, seed }: Recorded,
): Promise<Partial<Line>> {
  const name = `clean/${output}`
  const cleanBytes = await readFile(join(folder, name)).catch(() => null)
  if (line.outcome === 'failed') return cleanBytes ? { outcome: 'robust' } : {}
  if (!cleanBytes) throw new AdvxError('picture', `${name} is missing`)
  const clean = await decodePicture(cleanBytes, channels, name)
  const logits = await pool.classify(clean.levels)
  const said = argmax(logits)
  const found = {
    clean: { class: said, confidence: confidence(logits, said) },
    ...(line.cleanSha256 === undefined ? {} : { cleanSha256: sha256(cleanBytes) }),
  }
  if (line.target !== null && said === line.target) return { ...found, outcome: 'skipped', noise: null }
  if (said !== line.label) return { ...found, outcome: 'misclassified', noise: null }
  const y = line.target ?? line.label
  const budget = { norm: line.norm, seed, channels, targeted: target !== null }
  const noise =
    line.eps === null
      ? null
      : await tryNoise(pool.classify, { ...budget, eps: line.eps }, clean.levels, y, samplesFor(line.gradients))
  const known = { ...found, noise }
  if (line.file === null) return { ...known, outcome: 'robust', adversarial: null, distance: null, fileSha256: null }
  const bytes = await readFile(join(folder, line.file))
  const picture: Picture = await decodePicture(bytes, channels, line.file)
  if (picture.width !== clean.width || picture.height !== clean.height)
    throw new AdvxError(
      'picture',
      `${line.file}: ${picture.width} x ${picture.height}, its clean picture ${clean.width} x ${clean.height}`,
    )
  const judged = judge(await pool.classify(picture.levels), picture, clean, line.norm, line.eps, y, target !== null)
  return { ...known, ...judged, fileSha256: sha256(bytes) }
}

async function readLines(folder: string): Promise<Line[]> {
  const text = await readFile(join(folder, 'results.jsonl'), 'utf8').catch(() => {
    throw expected('usage', 'a folder that advx attack wrote', 'advx verify', folder, 'It holds no results.jsonl.')
  })
  return text
    .split('\n')
    .filter(row => row !== '')
    .map((row, i) => {
      const line = parseLine(new TextEncoder().encode(row))
      if (!line) throw expected('output', 'a line of JSON', `line ${i + 1} of results.jsonl`, row.slice(0, 40))
      return line as Line
    })
}

async function readJson<T>(folder: string, name: string): Promise<T> {
  try {
    return JSON.parse(await readFile(join(folder, name), 'utf8')) as T
  } catch {
    throw expected('usage', 'a folder that advx attack wrote', 'advx verify', folder, `It holds no readable ${name}.`)
  }
}

async function recordedModel(folder: string): Promise<string> {
  try {
    const report = await readJson<{ model: { path: string } }>(folder, 'report.json')
    return report.model.path
  } catch {
    throw new AdvxError('usage', `${resolve(folder)} has no report.json yet, which names the model: give it by -m.`)
  }
}
