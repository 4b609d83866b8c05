import { AdvxError, expected } from '../../errors.ts'
import { fromFloat16 } from '../onnx/half.ts'
import { quote } from '../onnx/quote.ts'
import type { OnnxTensor } from '../onnx/schema.ts'
import { bytesOf, countOf, type WeightGroup, type WeightSpec } from './manifest.ts'
import type { OpenShard } from './shards.ts'

/** A billion float32 weights; far above every image classifier. */
const MAX_TOTAL = 2 ** 32

/** The weights of a manifest by name, whatever they were quantised to. A weight that comes twice is an error. */
export async function readWeights(
  groups: readonly WeightGroup[],
  open: OpenShard,
): Promise<ReadonlyMap<string, OnnxTensor>> {
  const tensors = new Map<string, OnnxTensor>()
  const total = groups.flatMap(({ weights }) => weights).reduce((sum, spec) => sum + bytesOf(spec), 0)
  if (!(total <= MAX_TOTAL)) throw expected('model', 'at most 4 GiB', 'the weights', `${total} bytes`)
  for (const group of groups) {
    const bytes = await joined(group, open)
    let at = 0
    for (const spec of group.weights) {
      if (tensors.has(spec.name)) throw new AdvxError('model', `The weight ${quote(spec.name)} is there twice.`)
      const length = bytesOf(spec)
      tensors.set(spec.name, tensor(spec, bytes.subarray(at, at + length)))
      at += length
    }
  }
  return tensors
}

/** The bytes of a group's files one after the other: exactly those of its weights. */
async function joined({ paths, weights }: WeightGroup, open: OpenShard): Promise<Uint8Array> {
  const wanted = weights.reduce((sum, spec) => sum + bytesOf(spec), 0)
  const files = await Promise.all(paths.map(open))
  const there = files.reduce((sum, { length }) => sum + length, 0)
  const names = paths.map(quote).join(', ')
  if (there !== wanted)
    throw expected(
      'model',
      `${wanted} bytes of weights, as the manifest says,`,
      names || 'a group without files',
      there,
      'Download the files again.',
    )
  const bytes = new Uint8Array(wanted)
  let at = 0
  for (const { length, read } of files) {
    const part = await read()
    if (part.length !== length) throw new AdvxError('model', `${names} changed while it was read.`)
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function tensor(spec: WeightSpec, bytes: Uint8Array): OnnxTensor {
  const { name, dims, type, stored } = spec
  const count = countOf(spec)
  const { buffer } = bytes.slice()
  if (type === 'bool' || type === 'uint8') return { name, dims, type, data: new Uint8Array(buffer, 0, count) }
  const numbers = read(stored, type, buffer)
  return type === 'int32'
    ? { name, dims, type, data: Int32Array.from(numbers, Math.round) }
    : { name, dims, type, data: numbers instanceof Float32Array ? numbers : Float32Array.from(numbers) }
}

function read(stored: WeightSpec['stored'], type: 'float32' | 'int32', buffer: ArrayBuffer): ArrayLike<number> {
  if (!('scale' in stored))
    return stored.as === 'float16'
      ? fromFloat16(new Uint16Array(buffer))
      : new (type === 'float32' ? Float32Array : Int32Array)(buffer)
  const { as, scale, min } = stored
  return Float64Array.from(as === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer), q => scale * q + min)
}
