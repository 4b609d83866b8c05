import type { Point, Subject } from '../attack.ts'
import { AdvxError, expected } from '../errors.ts'
import { numberOf } from '../params.ts'
import { fill, fingerprint, generator } from '../random.ts'
import { advantage } from './decision.ts'
import type { Visit } from './follow.ts'
import { foreignFault, short } from './foreign-fault.ts'
import type { Job } from './job.ts'
import { toUnit, usableEps } from './lattice.ts'
import type { Probe } from './probe.ts'
import { loadAttack, type NamedAttack } from './registry.ts'

/**
 * Follows an attack that goes its own way on one image through its restarts, from point to point, until `visit` says
 * that the image is done.
 *
 * @param walker what loadAttack() takes.
 */
export async function walk(
  walker: string,
  model: Probe,
  { norm, eps, params, targeted, classes, channels, height, width, seed, guide }: Job,
  x0: Uint8Array,
  y: number,
  visit: (point: Visit) => Promise<boolean>,
): Promise<void> {
  const { attack } = await known(walker)
  for (let restart = 0; restart < numberOf(params, 'restarts', 1); restart++) {
    const next = generator(fingerprint(x0, seed, restart, -1, 0))
    const subject: Subject = {
      x0: toUnit(x0),
      shape: [channels, height, width],
      y,
      targeted,
      classes,
      norm,
      eps: eps === null ? Infinity : usableEps(norm, eps),
      random(distribution, length) {
        const values = new Float32Array(length)
        fill(values, distribution, next)
        return values
      },
      logits: x => model.logits(x),
      async pullback(x, v, scores = 'logits') {
        const { value } = await model.pullbacks(x, [v], scores).next()
        return value!
      },
      pullbacks: (x, vs, scores = 'logits') => model.pullbacks(x, vs, scores),
      layer: guide && {
        guide: toUnit(guide),
        at: x => model.layer(x),
        pullback: (x, v) => model.layerPullback(x, v),
      },
      lead: logits => advantage(logits, y, targeted),
    }
    let end: Point | null = null
    for await (const { x, logits } of told(walker, () => attack.run!(subject, params), subject)) {
      end = { x: x.slice(), logits } // the attack may go on in the same array
      if (await visit({ ...end, gradient: undefined, last: false })) return
    }
    if (!end) throw expected('usage', 'at least one point', `what run of attack '${walker}' yields`, 'none')
    if (await visit({ ...end, gradient: undefined, last: true })) return
  }
}

/** Each file is read once a thread: every picture of a run meets the same attack. */
function known(walker: string): Promise<NamedAttack> {
  const found = attacks.get(walker) ?? loadAttack(walker)
  attacks.set(walker, found)
  return found
}
const attacks = new Map<string, Promise<NamedAttack>>()

/** The points of run(), held against what it must yield; a fault of its file is told as one. */
async function* told(
  walker: string,
  way: () => AsyncGenerator<Point, void, void>,
  { x0, classes }: Subject,
): AsyncGenerator<Point, void, void> {
  const attack = `attack '${walker}'`
  try {
    const points = way()
    if (typeof points?.[Symbol.asyncIterator] !== 'function')
      throw expected('usage', 'a generator, async *run(subject, params) { … },', `run of ${attack}`, short(points))
    for await (const point of points) {
      if (!isRow(point?.x, x0.length) || !isRow(point?.logits, classes))
        throw expected(
          'usage',
          `{ x, logits }, a Float32Array of ${x0.length} and one of ${classes},`,
          `what run of ${attack} yields`,
          short(point),
          'Such as: yield { x, logits: await logits(x) }.',
        )
      yield point
    }
  } catch (cause) {
    if (cause instanceof AdvxError) throw cause
    throw foreignFault(`Attack '${walker}' failed`, cause)
  }
}

const isRow = (value: unknown, length: number): boolean => value instanceof Float32Array && value.length === length
