import { AdvxError, expected } from '../../errors.ts'
import { quote } from '../../formats/onnx/quote.ts'
import type { OnnxModel, OnnxValue } from '../../formats/onnx/schema.ts'

/** What is known from elsewhere about the pictures, for axes that the model leaves open. */
export interface PictureSize {
  readonly channels?: number | undefined
  readonly height?: number | undefined
  readonly width?: number | undefined
}

/** The input of a model that takes pictures. */
export interface PictureInput {
  readonly name: string
  readonly channels: 1 | 3
  readonly height: number
  readonly width: number
  readonly layout: 'NCHW' | 'NHWC'
  /** The batch that the file insists on, or null. */
  readonly batch: number | null
  readonly type: string
}

const FLOATS = ['float32', 'float16', 'bfloat16', 'float64']

type Dims = NonNullable<OnnxValue['dims']>

/**
 * The one input that takes pictures: floats in four axes. Its axes are [N, C, H, W], or [N, H, W, C] where only the
 * last can be channels. Lengths that the file leaves open come from `size`.
 */
export function pictureInput({ graph: { inputs } }: OnnxModel, size: PictureSize): PictureInput {
  const pictures = inputs.filter(({ type, dims }) => FLOATS.includes(type ?? '') && dims?.length === 4)
  if (pictures.length !== 1) {
    const list = inputs.map(describe).join(', ') || 'none'
    const what = pictures.length === 0 ? 'No input takes pictures' : 'Several inputs take pictures'
    throw new AdvxError('model', `${what} (floats [N, C, H, W]). The inputs are: ${list}.`)
  }
  const [{ name, dims, type }] = pictures
  return { ...axesOf(name, dims as Dims, size), name, type: type ?? '' }
}

const describe = ({ name, type, dims }: OnnxValue): string =>
  `${quote(name)} (${type ?? 'no tensor'}${dims ? ` [${dims.map(d => (typeof d === 'string' ? quote(d) : (d ?? '?'))).join(', ')}]` : ''})`

function axesOf(name: string, dims: Dims, size: PictureSize): Omit<PictureInput, 'name' | 'type'> {
  const colours = (d: Dims[number]): boolean => d === 1 || d === 3
  const last = colours(dims[3]) && !colours(dims[1]) && (typeof dims[1] === 'number' || typeof dims[3] === 'number')
  const [n, c, h, w] = last ? [dims[0], dims[3], dims[1], dims[2]] : dims
  const subject = `the input ${quote(name)}`
  const channels = length(c) ?? size.channels ?? 3
  if (channels !== 1 && channels !== 3)
    throw expected('model', '1 or 3 channels', subject, channels, 'advx attacks grey and RGB pictures.')
  const [height, width] = [length(h) ?? size.height, length(w) ?? size.width]
  if (height === undefined || width === undefined)
    throw new AdvxError(
      'model',
      `The height and width of ${subject} are open. Say them by a preprocessor_config.json beside the model or --preprocess, or export the model with a fixed size.`,
    )
  return { channels, height, width, layout: last ? 'NHWC' : 'NCHW', batch: length(n) ?? null }
}

/** The length of an axis where it is fixed; some exporters write 0 for one that is not. */
const length = (d: Dims[number]): number | undefined => (typeof d === 'number' && d > 0 ? d : undefined)
