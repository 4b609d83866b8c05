import type { Draw } from '../random.ts'
import { fill, fingerprint, generator } from '../random.ts'
import { size as sizeOf } from '../shape.ts'
import { areaOf, countOf, type Pictures } from './pictures.ts'

/** How training pictures are changed, each anew in every epoch. */
export interface Augmentation {
  /** Pixels that a picture is moved by at most, up or down and left or right; black comes in. */
  readonly shift: number
  /** Whether every other picture is mirrored. */
  readonly flip: boolean
}

/** What a step is run on. */
export interface Feed {
  /** [B, C, H, W] in [0, 1] */
  readonly x: Float32Array
  /** One-hot, [B, K]. */
  readonly y: Float32Array
}

export interface BatchSettings {
  readonly batch: number
  readonly seed: number
  readonly augmentation: Augmentation
}

const NOTHING = new Uint8Array()
/** What random numbers are for: the order, the changes of a picture, an objective's draws. */
const [ORDER, CHANGE, DRAW] = [1, 2, 3]

/**
 * The batches of a training, each a function of its number alone: an epoch takes every picture at most once, in an order
 * of its own, and leaves out those that fill no batch.
 */
export class Batches {
  readonly perEpoch: number
  readonly #pictures: Pictures
  readonly #settings: BatchSettings
  #order: { readonly epoch: number; readonly indices: Uint32Array } | null = null

  constructor(pictures: Pictures, settings: BatchSettings) {
    this.#pictures = pictures
    this.#settings = settings
    this.perEpoch = Math.floor(countOf(pictures) / settings.batch)
  }

  /** Those of a step, from 0. */
  at(step: number): Feed {
    const { size, classes, levels, labels } = this.#pictures
    const { batch, seed, augmentation } = this.#settings
    const area = areaOf(size)
    const [x, y] = [new Float32Array(batch * area), new Float32Array(batch * classes.length)]
    for (const [i, picture] of this.#indices(step).entries()) {
      y[i * classes.length + labels[picture]] = 1
      const from = levels.subarray(picture * area, (picture + 1) * area)
      const next = generator(fingerprint(NOTHING, CHANGE, seed, this.#epoch(step), picture))
      change(from, size, augmentation, next, x.subarray(i * area, (i + 1) * area))
    }
    return { x, y }
  }

  /** An objective's random numbers at a step: `draw` is the number of the draw, `call` that of the program's call. */
  fill(step: number, { tensor, distribution }: Draw, draw: number, call: number): Float32Array {
    const out = new Float32Array(sizeOf(tensor.shape))
    const row = out.length / this.#settings.batch
    for (const [i, picture] of this.#indices(step).entries()) {
      const numbers = [DRAW, this.#settings.seed, step, picture, draw, call]
      fill(out.subarray(i * row, (i + 1) * row), distribution, generator(fingerprint(NOTHING, ...numbers)))
    }
    return out
  }

  #epoch(step: number): number {
    return Math.floor(step / this.perEpoch)
  }

  #indices(step: number): Uint32Array {
    const epoch = this.#epoch(step)
    const { batch, seed } = this.#settings
    if (this.#order?.epoch !== epoch) this.#order = { epoch, indices: shuffled(countOf(this.#pictures), seed, epoch) }
    const at = (step % this.perEpoch) * batch
    return this.#order.indices.subarray(at, at + batch)
  }
}

/** 0 … count − 1 in the order of an epoch (Fisher and Yates). */
function shuffled(count: number, seed: number, epoch: number): Uint32Array {
  const next = generator(fingerprint(NOTHING, ORDER, seed, epoch))
  const indices = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const k = Math.floor(next() * (i + 1))
    ;[indices[i], indices[k]] = [indices[k], indices[i]]
  }
  return indices
}

/** A picture's levels moved and mirrored by chance, as numbers in [0, 1]. */
function change(
  levels: Uint8Array,
  { channels, height, width }: Pictures['size'],
  { shift, flip }: Augmentation,
  next: () => number,
  out: Float32Array,
): void {
  const [down, right] = [next(), next()].map(u => Math.floor(u * (2 * shift + 1)) - shift)
  const mirrored = next() < 0.5 && flip
  for (let c = 0; c < channels; c++)
    for (let row = 0; row < height; row++) {
      const y = row + down
      if (y < 0 || y >= height) continue
      const [from, to] = [(c * height + y) * width, (c * height + row) * width]
      for (let column = 0; column < width; column++) {
        const x = (mirrored ? width - 1 - column : column) + right
        if (x >= 0 && x < width) out[to + column] = levels[from + x] / 255
      }
    }
}
