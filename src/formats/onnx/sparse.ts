import { AdvxError, expected } from '../../errors.ts'
import type { Draft } from '../protobuf/message.ts'
import type { SparseProto, TensorProto } from './proto.ts'
import type { OnnxSparse, OnnxTensor } from './schema.ts'

/** A SparseTensorProto, checked: as many places as values, each once and inside. It stays as small as it is in the file. */
export function parseSparse(
  { values, indices, dims }: SparseProto,
  subject: string,
  tensor: (proto: TensorProto) => OnnxTensor,
): OnnxSparse {
  if (!values || !indices) throw expected('model', 'values and their indices', subject, 'one of them')
  const [what, where] = [tensor(values), tensor(indices)]
  const elements = dims.reduce((product, size) => product * size, 1)
  if (dims.some(size => size < 0) || !Number.isSafeInteger(elements))
    throw expected('model', 'sizes of 0 and more', `the dims of ${subject}`, dims)
  // int64 by the standard; ONNX Runtime saves small ones in fewer bytes.
  if (!/^int/.test(where.type)) throw expected('model', 'int64', `the indices of ${subject}`, where.type)
  const count = what.data.length
  const rank = where.dims.length === 2 ? dims.length : 1
  if (where.data.length !== count * rank || (where.dims.length === 2 && where.dims[1] !== rank))
    throw expected('model', `an index for each of ${count} values`, subject, where.dims)
  const flat = Array.from(where.data, Number)
  const lengths = rank === 1 && where.dims.length < 2 ? [elements] : dims
  const places = Float64Array.from({ length: count }, (_, k) =>
    lengths.reduce((at, length, axis) => {
      const i = flat[k * rank + axis]
      if (!(i >= 0 && i < length)) throw expected('model', `an index below ${length}`, subject, i)
      return at * length + i
    }, 0),
  )
  if (new Set(places).size < count) throw new AdvxError('model', `The ${subject} has two values in one place.`)
  return { dims, values: what, places }
}

export const sparseProto = (
  { dims, values, places }: OnnxSparse,
  tensor: (tensor: OnnxTensor) => Draft<TensorProto>,
): Draft<SparseProto> => ({
  dims,
  values: tensor(values),
  indices: tensor({ name: '', dims: [places.length], type: 'int64', data: BigInt64Array.from(places, BigInt) }),
})
