import { numberOf } from '../params.ts'
import { advantage } from './decision.ts'
import { exchange, fewest } from './exchange.ts'
import { fewestLevels } from './fewest-levels.ts'
import type { Job } from './job.ts'
import { nearest, toUnit, wayFrom } from './lattice.ts'
import { type Measure, type Place, pixels, shifted, squares, values } from './lattice-steps.ts'
import type { Probe } from './probe.ts'
import { along, turned } from './turning.ts'

/** One image on the lattice: how far an 8-bit picture of it is adversarial (from 0 on it is), and the slope of that. */
export interface Ground {
  readonly x0: Uint8Array
  readonly channels: number
  advantage(levels: Uint8Array): Promise<number>
  /** Of the lead, in whatever unit a gradient with respect to pixels in 0..1 has. */
  gradient(levels: Uint8Array): Promise<Float32Array>
}

/**
 * From an adversarial point `x` the nearest 8-bit picture that is adversarial, as far as a local search finds it: first
 * one along the way from x0 through x, in L2 nearer ones by turning the way towards the gradient, then by exchanging steps
 * of little gain for steps of more. Null: no 8-bit picture was found. For an attack that asks for no gradients the way from
 * x0 to x stands for that of the lead, and nothing turns.
 *
 * @param slope the direction up the lead at a point
 */
export async function nearestOnLattice(
  probe: Probe,
  { norm, targeted, channels, params, gradients }: Job,
  x0: Uint8Array,
  y: number,
  x: Float32Array,
  slope = async (at: Float32Array): Promise<Float32Array> => (await probe.margin(at)).gradient,
): Promise<Uint8Array | null> {
  const kappa = numberOf(params, 'kappa', 0)
  const way = wayFrom(x0, x)
  const ground: Ground = {
    x0,
    channels,
    advantage: async levels => advantage(await probe.logits(toUnit(levels)), y, targeted) - kappa,
    gradient: async levels => (gradients > 0 ? slope(toUnit(levels)) : way),
  }
  if (norm === 'linf') return fewestLevels(ground, x)
  const steps = { l2: squares, l1: values, l0: pixels }[norm]
  const first = norm === 'l0' ? await recolored(ground, x) : await alongTheWay(ground, x, PART)
  const found = first ?? (await upTheGradient(ground, steps))
  const turning = norm === 'l2' && gradients > 0
  const nearer = found && turning ? await turned(ground, way, found) : found
  return nearer && exchange(ground, steps, nearer)
}

const isAdversarial = async (ground: Ground, levels: Uint8Array): Promise<boolean> =>
  (await ground.advantage(levels)) >= 0

/** Turns of a way up the gradient, and how much longer its parts become when none of them suffices. */
const TURNS = 8
const LONGER = 4

/**
 * From x0 the steps that gain most for what they cost, part by part, each as the gradient is then, and of the last part as
 * few as it takes: where a point is so near that no multiple of the way to it moves any value by half a level.
 */
async function upTheGradient(ground: Ground, measure: Measure): Promise<Uint8Array | null> {
  const { x0, channels } = ground
  const first = await ground.gradient(x0)
  for (let cost = 1; cost <= x0.length; cost *= LONGER) {
    let levels = x0
    for (let turn = 0; turn < TURNS; turn++) {
      const gradient = turn === 0 ? first : await ground.gradient(levels)
      const place: Place = { levels, x0, channels, gradient }
      const steps = measure.outward(place, cost)
      const at = (count: number): Uint8Array => measure.forth(place, steps.slice(0, count))
      levels = at(steps.length)
      if (await isAdversarial(ground, levels))
        return at(await fewest(0, steps.length, 1, count => isAdversarial(ground, at(count))))
    }
  }
  return null
}

/**
 * The nearest levels to x; where they are not adversarial, with the values of the pixels that moved some levels farther up
 * the gradient, as few as it takes by doubling; else what lies along the way.
 */
async function recolored(ground: Ground, x: Float32Array): Promise<Uint8Array | null> {
  const levels = nearest(x)
  if (await isAdversarial(ground, levels)) return levels
  const place: Place = { levels, x0: ground.x0, channels: ground.channels, gradient: await ground.gradient(levels) }
  const moved = pixels.inward(place, Infinity)
  for (let far = 1; far < 256; far *= 2) {
    const other = shifted(place, moved, far)
    if (await isAdversarial(ground, other)) return other
  }
  return alongTheWay(ground, x, 1)
}

/** How far beyond x a picture is looked for, as multiples of x − x0, and to which part of it the first is found. */
const FARTHEST = 8
const GROWTH = 1.15
const PART = 1 / 128

/** The nearest levels to x0 + s·(x − x0) for the least s that is found to be adversarial. */
async function alongTheWay(ground: Ground, x: Float32Array, part: number): Promise<Uint8Array | null> {
  const { x0 } = ground
  const way = x.map((v, i) => 255 * v - x0[i])
  const at = (s: number): Uint8Array => along(x0, way, s)
  let far = 1
  let found = at(far)
  while (!(await isAdversarial(ground, found))) {
    far *= GROWTH
    if (far > FARTHEST) return null
    found = at(far)
  }
  let near = far === 1 ? 0 : far / GROWTH
  while (far - near > part * far) {
    const middle = (near + far) / 2
    const levels = at(middle)
    if (await isAdversarial(ground, levels)) [far, found] = [middle, levels]
    else near = middle
  }
  return found
}
