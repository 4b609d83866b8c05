/** How a picture is resized; the names of Pillow's and Hugging Face's filters. */
export type Resample = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos'

/** A kernel and half its width at full size. */
type Kernel = readonly [support: number, weight: (x: number) => number]

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

const KERNELS: Record<Exclude<Resample, 'nearest'>, Kernel> = {
  bilinear: [1, x => Math.max(0, 1 - Math.abs(x))],
  // Keys' cubic convolution with a = -1/2.
  bicubic: [2, x => cubic(Math.abs(x))],
  lanczos: [3, x => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0)],
}

const cubic = (x: number): number =>
  x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0

/** Which inputs make one output, and by how much: levels times 2^-22, as Pillow's fixed point. */
interface Taps {
  readonly from: number
  readonly weights: Float64Array
}

const ONE = 2 ** 22

/**
 * A plane [H, W] of 8-bit levels resampled to [height, width], antialiased when it shrinks: rows first, rounded to
 * levels, then columns. The arithmetic is Pillow's to the bit (up to version 12; 13 takes the columns of some pictures
 * first), because classifiers were trained and measured on pictures that it resized. libvips' kernels differ from it
 * by 1 to 5 levels on average where they enlarge, and by an input pixel with `nearest`.
 * https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c
 */
export function resamplePlane(
  plane: Uint8Array,
  [fromHeight, fromWidth]: readonly [number, number],
  [height, width]: readonly [number, number],
  resample: Resample,
): Uint8Array {
  const columns = taps(fromWidth, width, resample)
  const rows = taps(fromHeight, height, resample)
  const wide = width === fromWidth ? plane : alongRows(plane, fromHeight, fromWidth, columns)
  return height === fromHeight ? wide : alongColumns(wide, width, rows)
}

function taps(from: number, to: number, resample: Resample): Taps[] {
  const scale = from / to
  if (resample === 'nearest') return nearest(scale, to)
  const [support, weight] = KERNELS[resample]
  const stretch = Math.max(1, scale)
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale
    const first = Math.max(0, Math.trunc(center - support * stretch + 0.5))
    const last = Math.min(from, Math.trunc(center + support * stretch + 0.5))
    const weights = Float64Array.from({ length: last - first }, (_, k) => weight((first + k - center + 0.5) / stretch))
    const sum = weights.reduce((a, b) => a + b, 0)
    return { from: first, weights: weights.map(w => fixed(w / sum)) }
  })
}

/** The middles of the outputs by adding up, as Pillow does: where one falls on an edge between two inputs, that decides. */
function nearest(scale: number, to: number): Taps[] {
  let middle = scale / 2
  return Array.from({ length: to }, () => {
    const from = Math.floor(middle)
    middle += scale
    return { from, weights: Float64Array.of(ONE) }
  })
}

/** Rounded half away from zero. */
const fixed = (w: number): number => Math.trunc(w * ONE + (w < 0 ? -0.5 : 0.5))

const level = (sum: number): number => Math.min(255, Math.max(0, Math.floor((sum + ONE / 2) / ONE)))

function alongRows(plane: Uint8Array, height: number, fromWidth: number, columns: readonly Taps[]): Uint8Array {
  const out = new Uint8Array(height * columns.length)
  for (let y = 0, o = 0; y < height; y++)
    for (const { from, weights } of columns) {
      let sum = 0
      for (let k = 0, i = y * fromWidth + from; k < weights.length; k++, i++) sum += plane[i] * weights[k]
      out[o++] = level(sum)
    }
  return out
}

function alongColumns(plane: Uint8Array, width: number, rows: readonly Taps[]): Uint8Array {
  const out = new Uint8Array(rows.length * width)
  const sums = new Float64Array(width)
  rows.forEach(({ from, weights }, y) => {
    sums.fill(0)
    weights.forEach((weight, k) => {
      for (let x = 0, i = (from + k) * width; x < width; x++, i++) sums[x] += plane[i] * weight
    })
    for (let x = 0; x < width; x++) out[y * width + x] = level(sums[x])
  })
  return out
}
