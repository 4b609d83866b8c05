import { evaluate } from '../../../src/evaluate.ts'
import type {
  AttributeKind,
  OnnxAttribute,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxSparse,
  OnnxTensor,
} from '../../../src/formats/onnx/schema.ts'
import { encodeOnnx } from '../../../src/formats/onnx/write.ts'
import { type Imported, type ImportOptions, importOnnx } from '../../../src/models/import/import-onnx.ts'

type Plain =
  | number
  | readonly number[]
  | string
  | { readonly float: number | readonly number[] }
  | { readonly reference: string; readonly to: AttributeKind }
  | OnnxTensor
  | OnnxGraph
  | OnnxSparse

const isTensor = (value: Plain): value is OnnxTensor => typeof value === 'object' && 'data' in value

function attribute(value: Plain): OnnxAttribute {
  if (typeof value === 'number') return { kind: 'int', value }
  if (typeof value === 'string') return { kind: 'string', value }
  if (isTensor(value)) return { kind: 'tensor', value }
  if ('places' in value) return { kind: 'sparse', value }
  if ('nodes' in value) return { kind: 'graph', value }
  if ('reference' in value) return { kind: 'reference', value: value.reference, to: value.to }
  if ('float' in value)
    return typeof value.float === 'number'
      ? { kind: 'float', value: Math.fround(value.float) }
      : { kind: 'floats', value: (value.float as readonly number[]).map(Math.fround) }
  return { kind: 'ints', value: value as readonly number[] }
}

/** A node of `flow` 'x, w -> y'; 'com.microsoft.Gelu' is Gelu of the set com.microsoft. */
export function node(type: string, flow: string, attributes: Record<string, Plain> = {}): OnnxNode {
  const dot = type.lastIndexOf('.')
  const [inputs, outputs] = flow.split('->').map(side => side.split(',').map(name => name.trim()))
  return {
    name: '',
    type: type.slice(dot + 1),
    domain: type.slice(0, Math.max(dot, 0)),
    inputs: inputs.join('') === '' ? [] : inputs,
    outputs,
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attribute(value)])),
  }
}

/** Numbers that look random and are the same each time, in -1..1. */
export const noise = (count: number, seed = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => (Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453) % 1)

export const floats = (dims: readonly number[], values?: readonly number[]): OnnxTensor => ({
  name: '',
  dims,
  type: 'float32',
  data: values
    ? Float32Array.from(values)
    : noise(
        dims.reduce((a, b) => a * b, 1),
        dims.length,
      ).map(v => v * 0.5),
})
export const ints = (values: readonly number[], dims: readonly number[] = [values.length]): OnnxTensor => ({
  name: '',
  dims,
  type: 'int64',
  data: BigInt64Array.from(values, BigInt),
})

export interface Small {
  readonly nodes: readonly OnnxNode[]
  readonly weights?: Readonly<Record<string, OnnxTensor>>
  readonly opset?: number
  /** Of the input x. */
  readonly input?: readonly (number | string | null)[]
  readonly output?: string
  readonly inputType?: string
  readonly functions?: readonly OnnxFunction[]
}

/** A graph for an attribute: a branch that gives `output` and reads what is around it. */
export const branch = (output: string, ...nodes: readonly OnnxNode[]): OnnxGraph => ({
  name: 'branch',
  nodes,
  initializers: new Map(),
  inputs: [],
  outputs: [{ name: output, type: 'float32', dims: null }],
  values: [],
})

/** 'my.Block: a, b -> c', a function of the file. */
export function fn(head: string, nodes: readonly OnnxNode[], more: Partial<OnnxFunction> = {}): OnnxFunction {
  const [title, flow] = head.split(':')
  const { type, domain, inputs, outputs } = node(title, flow)
  const opsets = new Map([['', 17] as const, ...nodes.map(({ domain }) => [domain, domain ? 1 : 17] as const)])
  return { name: type, domain, inputs, outputs, attributes: [], defaults: new Map(), nodes, opsets, ...more }
}

/** A model of a few nodes that reads x and gives `output`, y by default. */
export const smallModel = ({
  nodes,
  weights = {},
  opset = 17,
  input = ['N', 3, 6, 6],
  output = 'y',
  inputType = 'float32',
  functions = [],
}: Small): OnnxModel => ({
  irVersion: 8,
  producer: 'test',
  opsets: new Map([...nodes.map(({ domain }) => [domain, 1] as const), ['', opset]]),
  graph: {
    name: 'g',
    nodes,
    initializers: new Map(Object.entries(weights).map(([name, t]) => [name, { ...t, name }])),
    inputs: [{ name: 'x', type: inputType, dims: input }],
    outputs: [{ name: output, type: 'float32', dims: null }],
    values: [],
  },
  metadata: new Map(),
  functions,
})

/** What ONNX Runtime says to one picture after the other: rows of its first output. */
export async function runtimeRows(
  bytes: Uint8Array,
  pictures: readonly Float32Array[],
  shape: readonly number[],
  output?: string,
): Promise<number[][]> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 })
  try {
    const rows: number[][] = []
    for (const picture of pictures) {
      const x = new Tensor('float32', picture, [1, ...shape])
      const results = await session.run({ [session.inputNames[0]]: x })
      rows.push(Array.from(results[output ?? session.outputNames[0]].data as Float32Array))
    }
    return rows
  } finally {
    await session.release()
  }
}

/** The same rows by the imported graph, all pictures together where it is made for that. */
export function importedRows({ input, logits, batch }: Imported, pictures: readonly Float32Array[]): number[][] {
  const rows = (some: readonly Float32Array[]): number[][] => {
    const x = some.flatMap(picture => Array.from(picture))
    const all = Array.from(evaluate([logits], new Map([[input, x]]), some.length)[0])
    return some.map((_, i) => all.slice((i * all.length) / some.length, ((i + 1) * all.length) / some.length))
  }
  return batch === 1 ? pictures.flatMap(picture => rows([picture])) : rows(pictures)
}

export function softmax(row: readonly number[]): number[] {
  const top = Math.max(...row)
  const powers = row.map(z => Math.exp(z - top))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map(p => p / total)
}

/** The largest difference of two tables, relative to the largest of their values. */
export function difference(a: readonly number[][], b: readonly number[][]): number {
  if (a.length !== b.length || a.some((row, i) => row.length !== b[i].length)) return Infinity
  const scale = Math.max(1e-6, ...b.flat().map(Math.abs).filter(Number.isFinite))
  const gaps = a.flatMap((row, i) => row.map((v, k) => (Object.is(v, b[i][k]) ? 0 : Math.abs(v - b[i][k]))))
  return gaps.some(Number.isNaN) ? Infinity : Math.max(...gaps) / scale
}

/** Largest relative difference between what is imported and ONNX Runtime, on two pictures. */
export async function disagreement(small: Small, options: ImportOptions = {}): Promise<number> {
  const model = smallModel(small)
  const imported = importOnnx(model, options)
  const { channels, height, width, layout } = imported.picture
  const count = channels * height * width
  const pictures = [noise(count, 3), noise(count, 5)]
  const dims = layout === 'NHWC' ? [height, width, channels] : [channels, height, width]
  const fed = layout === 'NHWC' ? pictures.map(p => channelsLast(p, channels)) : pictures
  const rows = await runtimeRows(encodeOnnx(model), fed, dims)
  return difference(importedRows(imported, pictures), rows)
}

const channelsLast = (picture: Float32Array, channels: number): Float32Array => {
  const plane = picture.length / channels
  return picture.map((_, i) => picture[(i % channels) * plane + Math.floor(i / channels)])
}
