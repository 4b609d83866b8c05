import type { NormName } from '../norms.ts'
import { type Draw, fill, fingerprint, generator } from '../random.ts'
import { advantage } from './decision.ts'
import { distances, inside, levelsOf } from './lattice.ts'

/** What noise alone did to one attacked picture. */
export interface NoiseOutcome {
  /** Pictures of noise that were classified. */
  readonly samples: number
  /** Of these, adversarial. */
  readonly fooled: number
  /** Whether the first was: one sample a picture is what noise is compared by. */
  readonly first: boolean
}

/** A budget around a picture, and what counts as fooled there. */
export interface NoiseBudget {
  readonly norm: NormName
  readonly eps: number
  readonly seed: number
  readonly channels: number
  readonly targeted: boolean
}

/**
 * Samples for a picture on which the attack spent so many gradients: one for each sixteen, at least one, at most ten.
 * A gradient costs about three forward passes, so that noise costs one forward pass or a fiftieth of the attack.
 */
export const samplesFor = (gradients: number): number => Math.min(10, Math.max(1, Math.floor(gradients / 16)))

/**
 * Tries uniform noise on a picture, `x0`, [C, H, W]. The samples depend on picture, seed and budget, and on no attack.
 *
 * @param y the class to leave or reach
 */
export async function tryNoise(
  classify: (levels: Uint8Array) => Promise<Float32Array>,
  budget: NoiseBudget,
  x0: Uint8Array,
  y: number,
  samples: number,
): Promise<NoiseOutcome> {
  const pictures = Array.from({ length: samples }, (_, i) => noisy(budget, x0, i))
  const logits = await Promise.all(pictures.map(classify))
  const fools = logits.map(z => advantage(z, y, budget.targeted) >= 0)
  return { samples, fooled: fools.filter(Boolean).length, first: fools[0] }
}

/** An 8-bit picture inside box and ball, evenly distributed over the ball before box and levels. */
export function noisy(budget: NoiseBudget, x0: Uint8Array, sample: number): Uint8Array {
  const draw: Numbers = (distribution, part, length = x0.length) => {
    const values = new Float32Array(length)
    fill(values, distribution, generator(fingerprint(x0, budget.seed, NO_RESTART, sample, part)))
    return values
  }
  return budget.norm === 'linf' ? inCube(x0, levelsOf(budget.eps), draw) : inBall(budget, x0, draw)
}

/** In the place of a restart's number: noise shares no random number with an attack. */
const NO_RESTART = -1
type Numbers = (distribution: Draw['distribution'], part: number, length?: number) => Float32Array

/** Each of the 2k + 1 levels around a value is as likely as the others. */
function inCube(x0: Uint8Array, k: number, draw: Numbers): Uint8Array {
  const u = draw('uniform', 0)
  return moved(x0, i => Math.floor(u[i] * (2 * k + 1)) - k)
}

/**
 * Magnitudes evenly over the sphere (normal numbers in L2, exponentials in L1), random signs, radius ε · u^(1/D). A
 * value becomes the level above or below it at random, in the mean itself: rounding to the nearest would leave nothing
 * of half a level. What then lies outside the ball shrinks until it lies inside.
 */
function inBall({ norm, eps, channels }: NoiseBudget, x0: Uint8Array, draw: Numbers): Uint8Array {
  const shift = draw(norm === 'l2' ? 'normal' : 'uniform', 0)
  const u = draw('uniform', 1) // its half of 0..1 is the sign; spread over 0..1 again, it says which of two levels
  let total = 0
  for (let i = 0; i < shift.length; i++) {
    const magnitude = norm === 'l2' ? Math.abs(shift[i]) : -Math.log(shift[i])
    total += norm === 'l2' ? magnitude * magnitude : magnitude
    shift[i] = u[i] < 0.5 ? -magnitude : magnitude
    u[i] = u[i] < 0.5 ? 2 * u[i] : 2 * u[i] - 1
  }
  const radius = 255 * eps * draw('uniform', 2, 1)[0] ** (1 / x0.length)
  for (let scale = radius / (norm === 'l2' ? Math.sqrt(total) : total); ; ) {
    const levels = (i: number): number =>
      shift[i] < 0 ? -Math.floor(u[i] - shift[i] * scale) : Math.floor(u[i] + shift[i] * scale)
    const picture = moved(x0, levels)
    const distance = distances(picture, x0, channels)
    if (inside(norm, eps, distance)) return picture
    scale *= (0.99 * eps) / distance[norm]
  }
}

function moved(x0: Uint8Array, by: (i: number) => number): Uint8Array {
  const out = new Uint8ClampedArray(x0.length)
  for (let i = 0; i < out.length; i++) out[i] = x0[i] + by(i)
  return new Uint8Array(out.buffer)
}
