import { expected, type Fault } from '../errors.ts'
import { reverse } from '../ops/shape.ts'
import { constant, type Tensor } from '../tensor.ts'
import { finalSize, type Geometry } from './geometry.ts'

/** The pictures that a model takes. */
export interface InputSize {
  readonly channels: 1 | 3
  readonly height: number
  readonly width: number
}

/**
 * All that lies between a picture in [0, 1] and the network, as plain data: (scale · x − mean) / std, on channels in
 * `order`. One mean and std for all channels, or one for each. It is part of a run's plan.
 */
export interface Recipe {
  readonly name: string
  readonly order: 'rgb' | 'bgr'
  readonly scale: number
  readonly mean: readonly number[] | null
  readonly std: readonly number[] | null
  readonly geometry: Geometry
}

/** Where a preprocessing was found. */
export type PreprocessingSource = 'option' | 'preprocessor_config.json' | 'metadata' | 'default'

export interface Preprocessing {
  readonly name: string
  readonly from: PreprocessingSource
  /** How a picture becomes the 8-bit input. One that has the input's size already stays as it is. */
  readonly geometry: Geometry
  /** Pictures [N, C, H, W] in [0, 1] as the network wants them: part of the differentiated graph. */
  normalise(x: Tensor): Tensor
  /** Its inverse: what the network gets, as pictures in [0, 1]. */
  pictures(normalised: Tensor): Tensor
  /** For plan and report; `loadModel` takes it back. */
  readonly json: Recipe
}

/** A recipe for a model's input. Throws where the channels or the size are not the model's. */
export function preprocessing(
  recipe: Recipe,
  from: PreprocessingSource,
  { channels, height, width }: InputSize,
  fault: Fault,
): Preprocessing {
  const { name, order, scale, mean, std, geometry } = recipe
  const subject = `the preprocessing '${name}'`
  for (const [what, values] of Object.entries({ mean, std })) {
    if (!values || values.length === 1 || values.length === channels) continue
    const wanted =
      channels === 1 ? `one ${what}, as the model has one channel,` : `one ${what} or one for each of 3 channels`
    throw expected(fault, wanted, subject, `${values.length} of them`)
  }
  if (order === 'bgr' && channels !== 3) throw expected(fault, 'a model of 3 channels', subject, channels)
  const end = finalSize(geometry)
  if (end && (end.height !== height || end.width !== width)) {
    const hint = 'Give another --preprocess, or the model that it belongs to.'
    throw expected(
      fault,
      `pictures of ${width} x ${height}, the model's,`,
      subject,
      `${end.width} x ${end.height}`,
      hint,
    )
  }
  const shifts = mean?.some(v => v !== 0) ? perChannel(mean) : null
  const spreads = std?.some(v => v !== 1) ? perChannel(std) : null
  return {
    name,
    from,
    geometry: { ...geometry, height, width },
    json: { ...recipe, geometry: { ...geometry, height, width } },
    normalise(x) {
      const ordered = order === 'bgr' ? reverse(x, [1]) : x
      const scaled = scale === 1 ? ordered : ordered.mul(scale)
      const centred = shifts ? scaled.sub(shifts) : scaled
      return spreads ? centred.div(spreads) : centred
    },
    pictures(normalised) {
      const centred = spreads ? normalised.mul(spreads) : normalised
      const scaled = shifts ? centred.add(shifts) : centred
      const ordered = scale === 1 ? scaled : scaled.div(scale)
      return order === 'bgr' ? reverse(ordered, [1]) : ordered
    },
  }
}

const perChannel = (values: readonly number[]): Tensor => constant(Float32Array.from(values), [1, values.length, 1, 1])
