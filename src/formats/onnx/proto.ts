/**
 * The messages of onnx.proto3 as tables: what advx reads and writes of them, with ONNX's own names in camel case.
 * Not read: doc strings, training information, device configurations, quantisation annotations, node metadata.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
import { bulk, list, maybe, one } from '../protobuf/fields.ts'
import { bigint, biguint, bytes, double, float, int32, int64, string } from '../protobuf/kinds.ts'
import { type Decoded, type Message, message, nested } from '../protobuf/message.ts'

const ENTRY = message('StringStringEntryProto', { key: one(1, string), value: one(2, string) })
const entry = nested<Decoded<typeof ENTRY>>(() => ENTRY)

/** `dataLocation` 1 means that `externalData` says where the elements are. */
export const TENSOR = message('TensorProto', {
  dims: list(1, int64),
  dataType: one(2, int32),
  floatData: bulk(4, float, Float32Array),
  int32Data: bulk(5, int32, Int32Array),
  stringData: list(6, string),
  int64Data: bulk(7, bigint, BigInt64Array),
  name: one(8, string),
  rawData: one(9, bytes),
  doubleData: bulk(10, double, Float64Array),
  uint64Data: bulk(11, biguint, BigUint64Array),
  externalData: list(13, entry),
  dataLocation: one(14, int32),
})
export type TensorProto = Decoded<typeof TENSOR>
const tensor = nested<TensorProto>(() => TENSOR)

/** A tensor of zeros but for `values`: at `indices` [count] into the flat tensor, or [count, rank] into its axes. */
const SPARSE = message('SparseTensorProto', {
  values: maybe(1, tensor),
  indices: maybe(2, tensor),
  dims: list(3, int64),
})
export type SparseProto = Decoded<typeof SPARSE>
const sparse = nested<SparseProto>(() => SPARSE)

const DIMENSION = message('Dimension', { value: maybe(1, int64), param: maybe(2, string) })
export type DimensionProto = Decoded<typeof DIMENSION>
const SHAPE = message('TensorShapeProto', {
  dim: list(
    1,
    nested<DimensionProto>(() => DIMENSION),
  ),
})
const TENSOR_TYPE = message('TypeProto.Tensor', {
  elemType: one(1, int32),
  shape: maybe(
    2,
    nested<Decoded<typeof SHAPE>>(() => SHAPE),
  ),
})
const TYPE = message('TypeProto', {
  tensorType: maybe(
    1,
    nested<Decoded<typeof TENSOR_TYPE>>(() => TENSOR_TYPE),
  ),
})
const VALUE = message('ValueInfoProto', {
  name: one(1, string),
  type: maybe(
    2,
    nested<Decoded<typeof TYPE>>(() => TYPE),
  ),
})
export type ValueProto = Decoded<typeof VALUE>
const value = nested<ValueProto>(() => VALUE)

const graph = nested<GraphProto>((): Message => GRAPH)

/** `type` says which of the fields holds the value; `refAttrName`, in functions, that the caller has it. */
const ATTRIBUTE = message('AttributeProto', {
  name: one(1, string),
  f: maybe(2, float),
  i: maybe(3, int64),
  s: maybe(4, string),
  t: maybe(5, tensor),
  g: maybe(6, graph),
  floats: list(7, float),
  ints: list(8, int64),
  strings: list(9, string),
  tensors: list(10, tensor),
  graphs: list(11, graph),
  type: one(20, int32),
  refAttrName: one(21, string),
  sparse: maybe(22, sparse),
})
export type AttributeProto = Decoded<typeof ATTRIBUTE>
const attribute = nested<AttributeProto>(() => ATTRIBUTE)

const NODE = message('NodeProto', {
  input: list(1, string),
  output: list(2, string),
  name: one(3, string),
  opType: one(4, string),
  attribute: list(5, attribute),
  domain: one(7, string),
  overload: one(8, string),
})
export type NodeProto = Decoded<typeof NODE>
const node = nested<NodeProto>(() => NODE)

const GRAPH = message('GraphProto', {
  node: list(1, node),
  name: one(2, string),
  initializer: list(5, tensor),
  input: list(11, value),
  output: list(12, value),
  valueInfo: list(13, value),
  sparseInitializer: list(15, sparse),
})
export interface GraphProto extends Decoded<typeof GRAPH> {}

const OPSET = message('OperatorSetIdProto', { domain: one(1, string), version: one(2, int64) })
export type OpsetProto = Decoded<typeof OPSET>
const opset = nested<OpsetProto>(() => OPSET)

/** A function of the file's own; `attributeProto` are its attributes with defaults, `attribute` those without. */
const FUNCTION = message('FunctionProto', {
  name: one(1, string),
  input: list(4, string),
  output: list(5, string),
  attribute: list(6, string),
  node: list(7, node),
  opsetImport: list(9, opset),
  domain: one(10, string),
  attributeProto: list(11, attribute),
  overload: one(13, string),
})
export type FunctionProto = Decoded<typeof FUNCTION>

export const MODEL = message('ModelProto', {
  irVersion: one(1, int64),
  producerName: one(2, string),
  producerVersion: one(3, string),
  graph: maybe(7, graph),
  opsetImport: list(8, opset),
  metadataProps: list(14, entry),
  functions: list(
    25,
    nested<FunctionProto>(() => FUNCTION),
  ),
})
