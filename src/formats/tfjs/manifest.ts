import { expected } from '../../errors.ts'
import { quote } from '../onnx/quote.ts'
import { type Json, list, object, text } from './json.ts'

/** The weights that lie one after the other in the files `paths`, joined. */
export interface WeightGroup {
  readonly paths: readonly string[]
  readonly weights: readonly WeightSpec[]
}

export interface WeightSpec {
  readonly name: string
  readonly dims: readonly number[]
  readonly type: WeightType
  /** How the numbers were made smaller for the file. */
  readonly stored: Stored
}

export type WeightType = 'float32' | 'int32' | 'bool' | 'uint8'

/** As they are; as float16; or as whole numbers q that stand for scale · q + min. */
export type Stored =
  | { readonly as: 'itself' | 'float16' }
  | { readonly as: 'uint8' | 'uint16'; readonly scale: number; readonly min: number }

const TYPES: readonly string[] = ['float32', 'int32', 'bool', 'uint8'] satisfies WeightType[]
const BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, float16: 2, uint16: 2 } as const

/** https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts, WeightsManifestConfig */
export function parseManifest(manifest: unknown): readonly WeightGroup[] {
  return list(manifest, "'weightsManifest'").map((group, i) => {
    const subject = `group ${i + 1} of 'weightsManifest'`
    const { paths, weights } = object(group, subject)
    return {
      paths: list(paths, `'paths' of ${subject}`).map(path => text(path, `a path of ${subject}`)),
      weights: list(weights, `'weights' of ${subject}`).map(spec => parseSpec(object(spec, `a weight of ${subject}`))),
    }
  })
}

function parseSpec({ name: said, shape, dtype, quantization }: Json): WeightSpec {
  const name = text(said, "a weight's name")
  const subject = `the weight ${quote(name)}`
  const dims = list(shape, `the shape of ${subject}`)
  const wrong = dims.some(d => !(Number.isSafeInteger(d) && (d as number) >= 0))
  if (wrong || dims.length > MAX_RANK) throw expected('model', 'lengths of axes', `the shape of ${subject}`, dims)
  const type = text(dtype, `the dtype of ${subject}`)
  if (!TYPES.includes(type)) throw expected('model', `one of ${TYPES.join(', ')}`, `the dtype of ${subject}`, type)
  return {
    name,
    dims: dims as number[],
    type: type as WeightType,
    stored:
      quantization === undefined ? { as: 'itself' } : parseStored(quantization, type, `the quantisation of ${subject}`),
  }
}
const MAX_RANK = 64

function parseStored(quantization: unknown, type: string, subject: string): Stored {
  if (type !== 'float32' && type !== 'int32') throw expected('model', 'float32 or int32', subject, type)
  const { dtype, scale, min } = object(quantization, subject)
  const as = text(dtype, `the dtype of ${subject}`)
  if (as === 'float16') return { as }
  if (as !== 'uint8' && as !== 'uint16')
    throw expected('model', 'uint8, uint16 or float16', `the dtype of ${subject}`, as)
  for (const [key, value] of Object.entries({ scale, min }))
    if (!Number.isFinite(value)) throw expected('model', 'a number', `the ${key} of ${subject}`, String(value))
  return { as, scale: scale as number, min: min as number }
}

export const countOf = ({ dims }: WeightSpec): number => dims.reduce((product, d) => product * d, 1)

/** How many bytes a weight has in the file. */
export const bytesOf = (spec: WeightSpec): number =>
  countOf(spec) * BYTES[spec.stored.as === 'itself' ? spec.type : spec.stored.as]
