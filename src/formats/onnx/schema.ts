/** An ONNX file as plain data. Everything is read-only: the elements of tensors may be views of the file. */
export interface OnnxModel {
  readonly irVersion: number
  /** Name and version of the program that wrote the file. */
  readonly producer: string
  /** Version of each operator set; the domain '' is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>
  readonly graph: OnnxGraph
  readonly metadata: ReadonlyMap<string, string>
  readonly functions: readonly OnnxFunction[]
}

/** Nodes are in an order in which every value is computed before it is read. */
export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly initializers: ReadonlyMap<string, OnnxTensor>
  /** What the caller gives. A file's input that has an initializer is a weight (IR < 4 lists all of them), not here. */
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  /** Types of values within the graph, where the file tells them. */
  readonly values: readonly OnnxValue[]
}

export interface OnnxNode {
  readonly name: string
  /** The operator, such as 'Conv'. */
  readonly type: string
  /** The operator's set; '' is ai.onnx. */
  readonly domain: string
  /** Which of several functions of that name in the file; absent or '' where there is one. */
  readonly overload?: string
  /** Names of values; '' is an optional input that is absent. */
  readonly inputs: readonly string[]
  /** Names of values; '' is an optional output that nobody wants. */
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}

/**
 * Ints are exact up to 2⁵³ - 1; INT64_MAX and INT64_MIN, which say "to the end", are ±Number.MAX_SAFE_INTEGER.
 * A `reference` stands in functions: the value is the attribute of that name of the node that calls the function.
 */
export type OnnxAttribute =
  | { readonly kind: 'float' | 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'sparse'; readonly value: OnnxSparse }
  | { readonly kind: 'graph'; readonly value: OnnxGraph }
  | { readonly kind: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensors'; readonly value: readonly OnnxTensor[] }
  | { readonly kind: 'graphs'; readonly value: readonly OnnxGraph[] }
  | { readonly kind: 'reference'; readonly value: string; readonly to: AttributeKind }

export type AttributeKind = Exclude<OnnxAttribute['kind'], 'reference'>

/** The elements' type of every kind of tensor: float16 and bfloat16 are held as float32, a bool as 0 or 1. */
export interface TensorData {
  float32: Float32Array
  float64: Float64Array
  float16: Float32Array
  bfloat16: Float32Array
  int8: Int8Array
  uint8: Uint8Array
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
  uint32: Uint32Array
  int64: BigInt64Array
  uint64: BigUint64Array
  bool: Uint8Array
  string: readonly string[]
}

export type TensorType = keyof TensorData

/** `data` is in row-major order, one element for each index below `dims`; [] is a scalar. */
export type OnnxTensor = {
  [T in TensorType]: {
    readonly name: string
    readonly dims: readonly number[]
    readonly type: T
    readonly data: TensorData[T]
  }
}[TensorType]

/** Zeros of `dims` but for `values` [count], each at its place in row-major order. */
export interface OnnxSparse {
  readonly dims: readonly number[]
  readonly values: OnnxTensor
  readonly places: Float64Array
}

/** A tensor that the graph takes, gives or computes. */
export interface OnnxValue {
  readonly name: string
  /** Also the types of elements that advx cannot hold, such as 'complex64'; null where the file says none or no tensor. */
  readonly type: string | null
  /** Each axis is a size, the name of a size that is known later ('batch'), or null, unknown. Null: any shape. */
  readonly dims: readonly (number | string | null)[] | null
}

/** An operator that the file itself defines by nodes. */
export interface OnnxFunction {
  readonly name: string
  readonly domain: string
  /** Tells it from others of that name. */
  readonly overload?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Names of the attributes that a caller must give. */
  readonly attributes: readonly string[]
  /** Attributes that a caller may give. */
  readonly defaults: ReadonlyMap<string, OnnxAttribute>
  readonly nodes: readonly OnnxNode[]
  readonly opsets: ReadonlyMap<string, number>
}
