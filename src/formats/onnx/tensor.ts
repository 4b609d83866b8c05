import { AdvxError, expected } from '../../errors.ts'
import type { Draft } from '../protobuf/message.ts'
import { type Bits, elementCode, elementName, STORAGE, type Storage } from './element.ts'
import type { ExternalFolder } from './external.ts'
import type { TensorProto } from './proto.ts'
import { quote } from './quote.ts'
import type { OnnxTensor } from './schema.ts'

/** NumPy and PyTorch stop at 32 and 64 axes. */
const MAX_RANK = 64

/**
 * The tensor of a TensorProto, checked: the elements are exactly as many as the dims say. They are a view of the
 * file where they lie in it as memory wants them, otherwise a copy.
 */
export function parseTensor(proto: TensorProto, external: ExternalFolder): OnnxTensor {
  const subject = `tensor ${quote(proto.name)}`
  const type = elementName(proto.dataType)
  const count = elementCount(proto.dims, subject)
  const { name, dims } = proto
  if (type === 'string') return { name, dims, type, data: exactly(count, proto.stringData, subject) }
  if (!(type in STORAGE))
    throw expected('model', 'numbers, bools or strings', subject, type, 'Export the model in another precision.')

  const storage = STORAGE[type as keyof typeof STORAGE]
  const bits = elements(proto, storage, count, subject, external)
  const data = storage.decode ? storage.decode(bits as Uint16Array) : bits
  return { name, dims, type, data } as OnnxTensor
}

/** The product of the sizes, 1 for a scalar. Elements have at least one byte, so no file has 2⁵³ of them. */
function elementCount(dims: readonly number[], subject: string): number {
  if (dims.length > MAX_RANK) throw expected('model', `at most ${MAX_RANK} axes`, subject, dims.length)
  if (dims.some(size => size < 0)) throw expected('model', 'sizes of 0 and more', subject, dims)
  const count = dims.includes(0) ? 0 : dims.reduce((product, size) => product * size, 1)
  if (!Number.isSafeInteger(count)) throw expected('model', 'fewer than 2^53 elements', subject, dims)
  return count
}

function elements(
  proto: TensorProto,
  { array, typed }: Storage,
  count: number,
  subject: string,
  folder: ExternalFolder,
) {
  const size = count * array.BYTES_PER_ELEMENT
  const listed = proto[typed] as Float32Array | BigUint64Array
  if (proto.dataLocation === 1) return view(array, external(proto, size, subject, folder))
  if (proto.rawData.length && listed.length)
    throw new AdvxError('model', `The ${subject} has its elements twice: in rawData and in ${typed}.`)
  if (proto.rawData.length || count === 0) return view(array, exactly(size, proto.rawData, subject, 'bytes'))
  exactly(count, listed, subject)
  if (listed instanceof array) return listed
  return array.from(listed instanceof BigUint64Array ? Array.from(listed, Number) : (listed as Float32Array))
}

function exactly<T extends { readonly length: number }>(count: number, data: T, subject: string, unit = 'elements'): T {
  if (data.length === count) return data
  throw expected('model', `${count} ${unit}, as its dims say,`, subject, data.length)
}

function external({ externalData }: TensorProto, size: number, subject: string, folder: ExternalFolder): Uint8Array {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]))
  const bytes = (key: string, absent: number): number => {
    const text = entries.get(key) ?? ''
    if (text !== '' && !/^\d{1,15}$/.test(text))
      throw expected('model', 'a number of bytes', `the ${key} of ${subject}`, text.slice(0, 80))
    return text === '' ? absent : Number(text)
  }
  const length = bytes('length', size)
  if (length !== size) throw expected('model', `${size} bytes, as its dims say,`, subject, length)
  return folder.read(entries.get('location') ?? '', bytes('offset', 0), size, subject)
}

/** Typed arrays lie at multiples of their element's size; bytes of a file lie anywhere. */
function view(array: Storage['array'], bytes: Uint8Array): Bits {
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes)
  return new array(aligned.buffer, aligned.byteOffset, bytes.length / array.BYTES_PER_ELEMENT)
}

/** The elements of a tensor as a file has them. */
export function tensorBytes(tensor: OnnxTensor): Uint8Array {
  if (tensor.type === 'string') throw new TypeError('strings have no fixed size')
  const { encode } = STORAGE[tensor.type]
  const { buffer, byteOffset, byteLength } = encode ? encode(tensor.data as Float32Array) : tensor.data
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Where the bytes of a tensor lie that are not in the model's file. */
export interface Place {
  readonly location: string
  readonly offset: number
}

/** The TensorProto of a tensor. `place` may put the bytes of a tensor of numbers elsewhere. */
export function tensorProto(
  tensor: OnnxTensor,
  place: (bytes: Uint8Array) => Place | undefined = () => undefined,
): Draft<TensorProto> {
  const { name, type, data } = tensor
  const head = { name, dims: tensor.dims, dataType: elementCode(type) }
  if (type === 'string') return { ...head, stringData: data }
  const rawData = tensorBytes(tensor)
  const elsewhere = place(rawData)
  if (!elsewhere) return { ...head, rawData }
  const entries = { ...elsewhere, length: rawData.length }
  return {
    ...head,
    dataLocation: 1,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value: String(value) })),
  }
}
