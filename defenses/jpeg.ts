import { constant, defense, mapAxis, reshape, round, slice, straightThrough, type Tensor, take, transpose } from 'advx'

/**
 * JPEG-like quantisation: the cosine transform of each 8·8 block of luma and chroma is rounded to the multiples of a table,
 * as a JPEG of that quality does. The gradient passes straight through the rounding, and is exact elsewhere.
 *
 *     ŷ = D · (C·255x − 128) · Dᵀ,   q = T · round(ŷ / T),   x′ = C⁻¹·(Dᵀ · q · D + 128) / 255
 *
 * C: RGB to YCbCr, D: the DCT-II of 8 values, T: the tables of the JPEG standard scaled as libjpeg does. Of JPEG it leaves
 * out what is not seen in the picture (entropy coding), the halving of chroma (it is 4:4:4), and rounding and clipping after
 * the inverse transform, which would only hide gradients.
 */
export default defense({
  title: 'JPEG Quantisation',
  paper:
    'Dziugaite, Ghahramani, Roy 2016, https://arxiv.org/abs/1608.00853; its gradient: Shin, Song 2017; Athalye et al. 2018, https://arxiv.org/abs/1802.00420, §5.3',
  params: { quality: 75 },

  infer({ x, logits }, { quality }) {
    const [N, channels, height, width] = x.shape
    const colour = channels === 3
    const whole = upToBlocks(x.mul(255))
    const planes = (colour ? mapAxis(whole, TO_YCC, 1) : whole).sub(colour ? LUMA_MIDDLE : 128)
    const [rows, columns] = planes.shape.slice(2).map(d => d / 8)
    const blocks = transpose(reshape(planes, [N, channels, rows, 8, columns, 8]), [0, 1, 2, 4, 3, 5])
    const tables = scaled(colour ? [LUMA, CHROMA, CHROMA] : [LUMA], quality)

    const multiples = DCT.matmul(blocks)
      .matmul(transpose(DCT, [1, 0]))
      .div(tables)
    const kept = straightThrough(round(multiples), multiples).mul(tables)
    const decoded = transpose(DCT, [1, 0]).matmul(kept).matmul(DCT)

    const back = reshape(transpose(decoded, [0, 1, 2, 4, 3, 5]), planes.shape).add(colour ? LUMA_MIDDLE : 128)
    const pixels = (colour ? mapAxis(back, TO_RGB, 1) : back).div(255)
    return logits(slice(pixels, [0, 0, 0, 0], [N, channels, height, width]))
  },
})

/** The last row and column repeated up to a multiple of 8. */
const upToBlocks = (x: Tensor): Tensor =>
  [2, 3].reduce((y, axis) => {
    const length = x.shape[axis]
    const places = Array.from({ length: 8 * Math.ceil(length / 8) }, (_, i) => Math.min(i, length - 1))
    return places.length === length ? y : take(y, places, axis)
  }, x)

/** libjpeg's table for a quality: [1, C, 1, 1, 8, 8], whole numbers of at least 1. */
function scaled(tables: readonly (readonly number[])[], quality: number): Tensor {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
  const values = tables.flat().map(t => Math.min(Math.max(Math.floor((t * percent + 50) / 100), 1), 255))
  return constant(Float32Array.from(values), [1, tables.length, 1, 1, 8, 8])
}

const matrix = (values: readonly number[], side: number): Tensor => constant(Float32Array.from(values), [side, side])

/** D[k, n] = c(k) · cos(π(2n + 1)k / 16), its rows of length 1. */
const DCT = matrix(
  Array.from({ length: 64 }, (_, i) => {
    const [k, n] = [Math.floor(i / 8), i % 8]
    return (k === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos((Math.PI * (2 * n + 1) * k) / 16)
  }),
  8,
)

// JFIF 1.02, with chroma around 0.
const TO_YCC = matrix([0.299, 0.587, 0.114, -0.168736, -0.331264, 0.5, 0.5, -0.418688, -0.081312], 3)
const TO_RGB = matrix([1, 0, 1.402, 1, -0.344136, -0.714136, 1, 1.772, 0], 3)
const LUMA_MIDDLE = constant(Float32Array.of(128, 0, 0), [1, 3, 1, 1])

// ITU-T T.81, Annex K.1.
const LUMA = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
].flat()
const CHROMA = [
  [17, 18, 24, 47, 99, 99, 99, 99],
  [18, 21, 26, 66, 99, 99, 99, 99],
  [24, 26, 56, 99, 99, 99, 99, 99],
  [47, 66, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
].flat()
