import type { InputSize } from '../models/preprocessing.ts'

/** Labelled pictures of one size, in memory. */
export interface Pictures {
  readonly size: InputSize
  /** Names of the classes, by index. */
  readonly classes: readonly string[]
  /** 8-bit levels, [n, C, H, W]. */
  readonly levels: Uint8Array
  /** The class of each. */
  readonly labels: Uint16Array
}

export const countOf = ({ labels }: Pictures): number => labels.length

/** Some of the pictures, in the order of their indices. */
export function chosen(pictures: Pictures, indices: readonly number[]): Pictures {
  const area = areaOf(pictures.size)
  const levels = new Uint8Array(indices.length * area)
  for (const [i, k] of indices.entries()) levels.set(pictures.levels.subarray(k * area, (k + 1) * area), i * area)
  return { ...pictures, levels, labels: Uint16Array.from(indices, k => pictures.labels[k]) }
}

export const areaOf = ({ channels, height, width }: InputSize): number => channels * height * width

/** Mean and standard deviation of each channel over all pictures, in 0..1, to four digits. */
export function figuresOf({ size, levels }: Pictures): { mean: number[]; std: number[] } {
  const plane = size.height * size.width
  const [sums, squares] = [new Float64Array(size.channels), new Float64Array(size.channels)]
  for (let start = 0; start < levels.length; start += plane) {
    const channel = (start / plane) % size.channels
    let [sum, square] = [0, 0]
    for (let i = start; i < start + plane; i++) {
      sum += levels[i]
      square += levels[i] * levels[i]
    }
    sums[channel] += sum
    squares[channel] += square
  }
  const count = levels.length / size.channels
  const rounded = (v: number): number => Number(v.toFixed(4))
  const mean = Array.from(sums, s => s / count / 255)
  return {
    mean: mean.map(rounded),
    std: mean.map((m, c) => Math.max(1e-4, rounded(Math.sqrt(Math.max(0, squares[c] / count / 255 ** 2 - m * m))))),
  }
}
