import { readdir, readFile } from 'node:fs/promises'
import { runtime } from '../../src/exec/ort/session.ts'
import { decodePicture } from '../../src/io/decode.ts'
import { fitPicture, type Geometry } from '../../src/io/fit.ts'
import type { Classifier } from '../../src/models/load.ts'
import { shared, sharedPictures } from '../support/shared-data.ts'

/** A file of ../shared/data/onnx and what ../shared/data/README.md says of it. */
export interface Case {
  readonly file: string
  readonly preprocess: string
  /** The same preprocessing once more, for a level of channel c. */
  readonly given: (level: number, c: number) => number
  readonly bgr?: boolean
  /** The file ends in a Softmax. */
  readonly softmax?: boolean
  readonly images: 'cifar10_200' | 'mnist_first1000' | 'imagenet'
  /** Percent of the pictures that it classifies rightly. */
  readonly accuracy?: number
  /** Its name in images/expected-imagenet.json, and the index of its first class that is not the background. */
  readonly expected?: readonly [net: string, first: number]
  /** A file of the same weights to compare with in its place. */
  readonly like?: string
}

const raw = (v: number): number => v
const unit = (v: number): number => v / 255
const inception = (v: number): number => v / 127.5 - 1
const imagenet = (v: number, c: number): number => (v / 255 - [0.485, 0.456, 0.406][c]) / [0.229, 0.224, 0.225][c]
const caffe = (v: number, c: number): number => v - [103.939, 116.779, 123.68][c]

const cifar = { images: 'cifar10_200' } as const
const mnist = { images: 'mnist_first1000' } as const
const photos = { images: 'imagenet' } as const
const akamaster = { ...cifar, preprocess: 'imagenet', given: imagenet } as const
const mlperf = { preprocess: 'raw', given: raw, softmax: true } as const
const mobilenet = { ...photos, preprocess: 'inception', given: inception } as const
const squeezenet = {
  ...photos,
  preprocess: 'caffe',
  given: caffe,
  bgr: true,
  softmax: true,
  expected: ['derived/squeezenet1.1-winml-fp32.onnx', 0],
} as const
const mobilenet1 = 'derived/mobilenet_v1_0.25_128_quant-dequant-fp32.onnx'
const mobilenet2 = 'derived/tf2_mobilenet_v2_1.0_224_ptq-dequant-fp32.onnx'

export const CASES: readonly Case[] = [
  { ...akamaster, file: 'cifar10-resnet20-akamaster.onnx', accuracy: 92.5 },
  { ...akamaster, file: 'cifar10-resnet20-akamaster-rawexport.onnx', accuracy: 92.5 },
  { ...akamaster, file: 'cifar10-resnet56-akamaster.onnx', accuracy: 94.5 },
  { ...mlperf, ...cifar, file: 'mlperf-tiny-resnet8-cifar10.onnx', accuracy: 89.5 },
  { ...mlperf, ...cifar, file: 'mlperf-tiny-resnet-large-cifar10.onnx', accuracy: 96 },
  { ...mlperf, ...photos, file: 'mlperf-tiny-vww96.onnx' },
  { ...cifar, file: 'cifar10-tutorial-cnn.onnx', preprocess: 'inception', given: inception, accuracy: 64 },
  { ...mnist, file: 'mnist-8.onnx', preprocess: 'raw', given: raw, accuracy: 98.6 },
  { ...mnist, file: 'mnist-wongkolter-eps0.1.onnx', preprocess: 'unit', given: unit, accuracy: 98.2 },
  { ...mobilenet, file: 'mobilenetv1-0.25-128-dequant.onnx', expected: [mobilenet1, 1] },
  { ...mobilenet, file: 'mobilenetv2-1.0-224-tf2-dequant.onnx', expected: [mobilenet2, 1] },
  { ...squeezenet, file: 'squeezenet1.1-caffe2-fp32.onnx' },
  // The other's weights are these; we compute with them in float32.
  { ...squeezenet, file: 'squeezenet1.1-caffe2-fp16.onnx', like: 'squeezenet1.1-caffe2-fp32.onnx' },
]

/** The files that a case takes of ../shared/data. */
export const needs = ({ file, like = file, images }: Case): string[] => [
  `onnx/${file}`,
  `onnx/${like}`,
  ...(images === 'imagenet'
    ? ['images/foolbox', 'images/coral', EXPECTED]
    : [`images/${images}_X.npy`, `images/${images}_y.npy`]),
]
export const EXPECTED = 'images/expected-imagenet.json'

/** What EXPECTED says of a net. */
export interface Photographed {
  /** Height and width. */
  readonly input: number
  readonly pred: Readonly<Record<string, readonly [number]>>
  /** How many of the labelled photographs it classifies rightly, as `18/20`. */
  readonly foolbox_top1: string
}

/** The levels that a model is given, planar, and the class that each picture shows or shall be taken for, if known. */
export interface Given {
  readonly levels: readonly Uint8Array[]
  readonly classes: readonly (number | null)[]
}

export async function picturesFor({ images, expected }: Case, { preprocessing }: Classifier): Promise<Given> {
  if (images !== 'imagenet') {
    const { pictures, labels } = await sharedPictures(images, images === 'cifar10_200' ? 200 : 1000)
    return { levels: pictures.map(p => p.levels), classes: labels }
  }
  const photos = await fittedPhotos(preprocessing.geometry)
  const nets = JSON.parse(await readFile(shared(EXPECTED), 'utf8')) as Record<string, Photographed>
  const known = [...photos.keys()].filter(name => name in nets[mobilenet1].pred)
  return {
    levels: known.map(name => photos.get(name)!),
    classes: known.map(name => (expected ? nets[expected[0]].pred[name][0] + expected[1] : null)),
  }
}

const fitted = new Map<number, Map<string, Uint8Array>>()

/** Every second photograph at a model's size, by name; no model here crops. */
async function fittedPhotos(geometry: Geometry): Promise<ReadonlyMap<string, Uint8Array>> {
  const { width } = geometry
  if (!fitted.has(width)) {
    const levels = new Map<string, Uint8Array>()
    for (const folder of ['images/foolbox', 'images/coral']) {
      const names = (await readdir(shared(folder)))
        .filter(name => /^imagenet_.*jpg$|^[a-z_]*\.(bmp|jpg)$/.test(name))
        .sort()
      for (const name of names.filter((_, i) => i % 2 === 0))
        levels.set(name, fitPicture(await decodePicture(shared(`${folder}/${name}`), 3), geometry).levels)
    }
    fitted.set(width, levels)
  }
  return fitted.get(width)!
}

/** The file itself in ONNX Runtime. */
export interface Original {
  /** What it gives for a picture, whose values may lie between the levels. */
  scores(levels: ArrayLike<number>): Promise<Float32Array>
  close(): Promise<void>
}

export async function openOriginal({ file, like = file, given, bgr }: Case, { input }: Classifier): Promise<Original> {
  const ort = await runtime()
  const session = await ort.InferenceSession.create(shared(`onnx/${like}`), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  const { channels, height, width } = input
  const plane = height * width
  return {
    async scores(levels) {
      const x = Float32Array.from({ length: channels * plane }, (_, i) => {
        const c = Math.floor(i / plane)
        return given(levels[bgr ? i + (channels - 1 - 2 * c) * plane : i], c)
      })
      const fed = new ort.Tensor('float32', x, [1, channels, height, width])
      const results = await session.run({ [session.inputNames[0]]: fed })
      return results[session.outputNames[0]].data as Float32Array
    },
    close: () => session.release(),
  }
}
