import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decodePicture } from '../../src/io/decode.ts'
import { type Labelled, shared, sharedPictures } from '../support/shared-data.ts'

/** What make-figures.py found with PyTorch and foolbox; its docstring says what the fields mean. */
export interface Figures {
  readonly images: string | readonly string[]
  readonly labels: readonly number[]
  readonly predictions: readonly number[]
  readonly logits: Readonly<Record<string, readonly number[]>>
  readonly gradient: readonly Slope[]
  readonly attacks: readonly AttackFigures[]
}

/** d(cross-entropy) / d(pixel) of one picture, or near it: at x + moved · sin(i + 1). */
export interface Slope {
  readonly image: number
  readonly moved?: number
  readonly crossEntropy: number
  readonly l2: number
  readonly projection: number
  readonly values?: readonly number[]
}

export interface AttackFigures {
  readonly attack: string
  readonly norm: 'linf' | 'l2' | 'l1'
  readonly eps: number
  readonly broken: { readonly count?: number; readonly images?: readonly number[]; readonly median?: number }
}

const { models } = JSON.parse(readFileSync(new URL('figures.json', import.meta.url), 'utf8')) as {
  models: Readonly<Record<string, Figures>>
}

/** The figures of a model by the sha256 of its file: another file has other figures. */
export function figuresOf(sha256: string): Figures {
  const found = models[sha256]
  if (!found) throw new Error(`figures.json knows no model ${sha256}: run test/witness/make-figures.py`)
  return found
}

/** A model of figures.json and the pictures that its figures are about, in their order. */
export interface Witness {
  readonly name: string
  readonly model: string
  readonly preprocess?: string
  /** What of ../shared/data it takes. */
  readonly needs: readonly string[]
  pictures({ images, labels }: Figures): Promise<Labelled>
}

const fixture = (path: string): string => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url))

const ofShared = (name: string, images: string, preprocess: string): Witness => {
  const needs = [`onnx/${name}.onnx`, `images/${images}_X.npy`, `images/${images}_y.npy`]
  return {
    name,
    model: shared(needs[0]),
    preprocess,
    needs,
    pictures: ({ labels }) => sharedPictures(images, labels.length),
  }
}

const embedded = (name: string): Witness => ({
  name,
  model: fixture(`models/${name}.onnx`),
  needs: [],
  pictures: async ({ images, labels }) => ({
    pictures: await Promise.all([...images].map(path => decodePicture(fixture(`images/${path}`), 1))),
    labels,
  }),
})

export const fashionResnet = embedded('fashion-resnet')
export const fashionMobilenet = embedded('fashion-mobilenet')
export const fashionInception = embedded('fashion-inception')
export const cifar10 = ofShared('cifar10-resnet20-akamaster', 'cifar10_200', 'imagenet')
export const robustMnist = ofShared('mnist-wongkolter-eps0.1', 'mnist_first1000', 'unit')
