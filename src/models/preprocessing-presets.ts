import type { Geometry, Size } from './geometry.ts'
import type { InputSize, Recipe } from './preprocessing.ts'

const PLAIN = { order: 'rgb', scale: 1, mean: null, std: null } as const

/** What networks were trained with, by the name of who made it usual. */
const PRESETS: Readonly<Record<string, Omit<Recipe, 'name' | 'geometry'>>> = {
  /** x in 0..1 as it is. */
  unit: PLAIN,
  /** (x − mean) / std: torchvision's ImageNet models. */
  imagenet: { ...PLAIN, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  /** 2x − 1: TensorFlow's Inception and MobileNet. */
  inception: { ...PLAIN, scale: 2, mean: [1] },
  /** 255x in the order blue, green, red, minus the means of ImageNet: Caffe's models. */
  caffe: { ...PLAIN, order: 'bgr', scale: 255, mean: [103.939, 116.779, 123.68] },
  /** 0..255 */
  raw: { ...PLAIN, scale: 255 },
}

export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS)

export const isPreset = (name: string): boolean => Object.hasOwn(PRESETS, name)

/** The recipe of a preset for pictures of a model's size. */
export const preset = (name: string, input: InputSize): Recipe => ({
  name,
  ...PRESETS[name],
  geometry: name === 'imagenet' ? centred(input) : straight(input),
})

const straight = ({ height, width }: Size): Geometry => ({
  height,
  width,
  resize: { kind: 'exact', height, width },
  crop: null,
  resample: 'bilinear',
})

/** As torchvision evaluates: the shorter edge to 8/7 of the input's, 256 for 224, then the centre. */
const centred = ({ height, width }: Size): Geometry => ({
  height,
  width,
  resize: { kind: 'shortest', edge: Math.round(Math.max(height, width) / 0.875) },
  crop: { height, width },
  resample: 'bilinear',
})
