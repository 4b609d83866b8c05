import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { evaluate } from '../../src/evaluate.ts'
import { encodeOnnx } from '../../src/formats/onnx/write.ts'
import { grad } from '../../src/grad.ts'
import { type Classifier, loadModel } from '../../src/models/load.ts'
import { constant } from '../../src/tensor.ts'
import { defendModel } from '../../src/train/defend.ts'
import { folderOf } from '../io/folder.ts'
import { difference, floats, node, noise, runtimeRows, smallModel } from '../models/import/small-model.ts'

// Each against its formula, value by value, in JavaScript; and the file that is written in plain ONNX Runtime.

type Picture = Float32Array
interface Size {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** Levels of 8 bits, in [0, 1]. */
const picture = ({ channels, height, width }: Size, seed: number): Picture =>
  noise(channels * height * width, seed).map(v => Math.round(255 * Math.abs(v)) / 255)

const bitDepth = (x: Picture, bits: number): Picture => x.map(v => Math.round(v * (2 ** bits - 1)) / (2 ** bits - 1))

function median(x: Picture, { channels, height, width }: Size, k: number): Picture {
  const mirror = (i: number, length: number): number => (i < 0 ? -i - 1 : i >= length ? 2 * length - i - 1 : i)
  const [from, to] = [-Math.floor(k / 2), Math.ceil(k / 2)]
  const out = new Float32Array(x.length)
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        const around: number[] = []
        for (let a = from; a < to; a++)
          for (let b = from; b < to; b++)
            around.push(x[(c * height + mirror(i + a, height)) * width + mirror(j + b, width)])
        out[(c * height + i) * width + j] = around.sort((p, q) => p - q)[Math.floor(around.length / 2)]
      }
  return out
}

/** Of one channel: the sums of the standard as they are written there, for the first coefficients' table at quality 50. */
function jpegOfGrey(x: Picture, { height, width }: Size): Picture {
  const at = (i: number, j: number): number => 255 * x[Math.min(i, height - 1) * width + Math.min(j, width - 1)] - 128
  const table = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  ]
    .concat([29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87])
    .concat([103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99])
  const c = (k: number): number => (k === 0 ? Math.SQRT1_2 : 1)
  const cos = (n: number, k: number): number => Math.cos(((2 * n + 1) * k * Math.PI) / 16)
  const out = new Float32Array(x.length)
  for (let top = 0; top < height; top += 8)
    for (let left = 0; left < width; left += 8) {
      const kept = new Float64Array(64)
      for (let u = 0; u < 8; u++)
        for (let v = 0; v < 8; v++) {
          let sum = 0
          for (let i = 0; i < 8; i++) for (let j = 0; j < 8; j++) sum += at(top + i, left + j) * cos(i, u) * cos(j, v)
          kept[8 * u + v] = table[8 * u + v] * Math.round((c(u) * c(v) * sum) / 4 / table[8 * u + v])
        }
      for (let i = 0; i < 8 && top + i < height; i++)
        for (let j = 0; j < 8 && left + j < width; j++) {
          let sum = 0
          for (let u = 0; u < 8; u++)
            for (let v = 0; v < 8; v++) sum += c(u) * c(v) * kept[8 * u + v] * cos(i, u) * cos(j, v)
          out[(top + i) * width + left + j] = (sum / 4 + 128) / 255
        }
    }
  return out
}

const colour = { channels: 3, height: 8, width: 16 }
const odd = { channels: 3, height: 10, width: 12 }
const grey = { channels: 1, height: 10, width: 12 }

let folder = ''
beforeAll(async () => {
  folder = await folderOf()
})

/** A convolution and a product, for pictures of a size. */
async function network({ channels, height, width }: Size): Promise<string> {
  const path = join(folder, `${channels}x${height}x${width}.onnx`)
  const model = smallModel({
    input: ['N', channels, height, width],
    nodes: [
      node('Conv', 'x, k -> c', { pads: [1, 1, 1, 1] }),
      node('Tanh', 'c -> t'),
      node('Flatten', 't -> f'),
      node('Gemm', 'f, w -> y'),
    ],
    weights: { k: floats([4, channels, 3, 3]), w: floats([4 * height * width, 5]) },
  })
  await writeFile(path, encodeOnnx(model))
  return path
}

/** Black at 0.2 and white at 1.7, as the networks here want their pictures. */
const RECIPE = {
  do_rescale: true,
  rescale_factor: 1.5 / 255,
  do_normalize: true,
  image_mean: [-0.2],
  image_std: [1],
  do_resize: false,
}
const normal = (x: Picture): Picture => x.map(v => 1.5 * v + 0.2)

async function both(size: Size, name: string, params: Record<string, number>, seed = 0) {
  const plain = await network(size)
  const path = join(folder, `${name}.onnx`)
  const preprocess = join(folder, 'recipe.json')
  await writeFile(preprocess, JSON.stringify(RECIPE))
  await defendModel(name, { model: plain, out: path, params, seed, force: true, preprocess })
  return { path, before: await loadModel(plain, { preprocess }), after: await loadModel(path) }
}

const scoresOf = ({ graph }: Classifier, x: Picture): number[] => [
  ...evaluate([graph.logits], new Map([[graph.input, x]]))[0],
]

describe.each<[string, string, Size, Record<string, number>, (x: Picture, size: Size) => Picture]>([
  ['3 bits', 'bit-depth', odd, { bits: 3 }, x => bitDepth(x, 3)],
  ['1 bit', 'bit-depth', grey, { bits: 1 }, x => bitDepth(x, 1)],
  ['a window of 2', 'median-smoothing', odd, { window: 2 }, (x, size) => median(x, size, 2)],
  ['a window of 3', 'median-smoothing', odd, { window: 3 }, (x, size) => median(x, size, 3)],
  ['a window of 5', 'median-smoothing', grey, { window: 5 }, (x, size) => median(x, size, 5)],
  ['quality 50', 'jpeg', grey, { quality: 50 }, jpegOfGrey],
])('%s', (_, name, size, params, formula) => {
  test(`${name} is its formula before the network, also in plain ONNX Runtime`, async () => {
    const { path, before, after } = await both(size, name, params)
    const pictures = [picture(size, 1), picture(size, 2)]
    const wanted = pictures.map(x => scoresOf(before, formula(x, size)))
    expect(
      difference(
        pictures.map(x => scoresOf(after, x)),
        wanted,
      ),
    ).toBeLessThan(1e-6)
    const rows = await runtimeRows(await readFile(path), pictures.map(normal), [size.channels, size.height, size.width])
    expect(difference(rows, wanted)).toBeLessThan(1e-5)
    expect(
      difference(
        wanted,
        pictures.map(x => scoresOf(before, x)),
      ),
    ).toBeGreaterThan(1e-3)
  })
})

describe('what an attack follows', () => {
  test.each<[string, Record<string, number>]>([
    ['bit-depth', { bits: 3 }],
    ['jpeg', { quality: 30 }],
  ])(
    '%s, read back from its file: the gradient of the network where the picture was moved to',
    async (name, params) => {
      const { before, after } = await both(colour, name, params)
      const x = picture(colour, 3)
      const v = constant(Float32Array.of(1, -2, 0.5, 3, -1), [1, 5])
      const slope = (model: Classifier, at: Picture): number[] => {
        const g = grad(t => model.logits(t).mul(v).sum([1]))(model.graph.input)
        return [...evaluate([g], new Map([[model.graph.input, at]]))[0]]
      }
      const moved = name === 'jpeg' ? null : bitDepth(x, 3)
      // Of jpeg where it moves the picture to is asked of the file itself: its network is the identity there.
      const at = moved ?? (await movedByJpeg(x, params.quality))
      expect(difference([slope(after, x)], [slope(before, at)])).toBeLessThan(1e-4)
      expect(after.notes.join()).toMatch(/straight through/)
    },
  )
})

/** A JPEG-like picture in colour, by a network whose scores are the pixels. */
async function movedByJpeg(x: Picture, quality: number): Promise<Picture> {
  const path = join(folder, 'pixels.onnx')
  const model = smallModel({
    input: ['N', 3, 8, 16],
    nodes: [node('Flatten', 'x -> f'), node('Gemm', 'f, w -> y')],
    weights: {
      w: floats(
        [384, 384],
        Array.from({ length: 384 ** 2 }, (_, i) => Number(i % 385 === 0)),
      ),
    },
  })
  await writeFile(path, encodeOnnx(model))
  const out = join(folder, 'pixels-jpeg.onnx')
  await defendModel('jpeg', { model: path, out, params: { quality }, force: true })
  return Float32Array.from(scoresOf(await loadModel(out), x))
}

describe('random-resize-pad', () => {
  test('is the same for every picture of a seed, and another for another seed', async () => {
    const x = picture(odd, 4)
    const scores = async (seed: number) => scoresOf((await both(odd, 'random-resize-pad', {}, seed)).after, x)
    const [first, again, other] = [await scores(1), await scores(1), await scores(2)]
    expect(first).toEqual(again)
    expect(difference([first], [other])).toBeGreaterThan(1e-4)
  })

  test('of one transform that shrinks nothing is the network; its file gives the same in plain ONNX Runtime', async () => {
    const x = picture(odd, 5)
    const { before, after } = await both(odd, 'random-resize-pad', { transforms: 1, smallest: 1 })
    expect(difference([scoresOf(after, x)], [scoresOf(before, x)])).toBeLessThan(1e-6)
    const { path, after: some } = await both(odd, 'random-resize-pad', { transforms: 4, smallest: 0.6 })
    const rows = await runtimeRows(await readFile(path), [normal(x)], [3, 10, 12])
    expect(difference(rows, [scoresOf(some, x)])).toBeLessThan(1e-5)
  })
})

describe('what cannot be done', () => {
  test.each([
    [
      'a parameter that it has not',
      { params: { window: 2 } },
      /Expected a parameter of the chosen defenses \(--bits\)/,
    ],
    ['a value out of range', { params: { bits: 9 } }, /a whole number from 1 to 8 for --bits but got 9/],
  ])('%s', async (_, options, message) => {
    const plain = await network(grey)
    await expect(defendModel('bit-depth', { model: plain, out: join(folder, 'no.onnx'), ...options })).rejects.toThrow(
      message,
    )
  })
  test('a file that is there, another ending, a defense that is none', async () => {
    const plain = await network(grey)
    await expect(defendModel('bit-depth', { model: plain, out: plain })).rejects.toThrow(/is there already/)
    await expect(defendModel('bit-depth', { model: plain, out: 'no.json' })).rejects.toThrow(
      /a name that ends in \.onnx/,
    )
    await expect(defendModel('bit-dept', { model: plain, out: 'no.onnx' })).rejects.toThrow(
      /a defense \(.*\).*Did you mean 'bit-depth'/,
    )
  })
})
