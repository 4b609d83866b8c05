import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MODEL } from '../../../src/formats/onnx/proto.ts'
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from '../../../src/formats/onnx/schema.ts'
import { encode } from '../../../src/formats/protobuf/message.ts'

export const tensor = (name: string, dims: readonly number[], values: readonly number[]): OnnxTensor => ({
  name,
  dims,
  type: 'float32',
  data: Float32Array.from(values),
})

export const node = (
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, OnnxAttribute> = {},
): OnnxNode => ({ name: '', type, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) })

export const graph = (parts: Partial<OnnxGraph>): OnnxGraph => ({
  name: 'g',
  nodes: [],
  initializers: new Map(),
  inputs: [],
  outputs: [],
  values: [],
  ...parts,
})

export const named = (...tensors: OnnxTensor[]): Map<string, OnnxTensor> => new Map(tensors.map(t => [t.name, t]))

export const value = (name: string, dims: readonly (number | string | null)[] | null = null) => ({
  name,
  type: 'float32',
  dims,
})

export const model = (main: OnnxGraph, parts: Partial<OnnxModel> = {}): OnnxModel => ({
  irVersion: 8,
  producer: 'advx',
  opsets: new Map([['', 17]]),
  graph: main,
  metadata: new Map(),
  functions: [],
  ...parts,
})

const floats = [0, -0, 1, -1.5, 2 ** -24, 65504, Infinity, -Infinity, NaN]

/** One tensor of each type. */
export const everyTensor: readonly OnnxTensor[] = [
  { name: 'float32', dims: [3, 3], type: 'float32', data: Float32Array.from(floats) },
  { name: 'float64', dims: [2], type: 'float64', data: Float64Array.of(Math.PI, 1e300) },
  { name: 'float16', dims: [9], type: 'float16', data: Float32Array.from(floats) },
  { name: 'bfloat16', dims: [3], type: 'bfloat16', data: Float32Array.of(1, -2.5, 2 ** 100) },
  { name: 'int8', dims: [2], type: 'int8', data: Int8Array.of(-128, 127) },
  { name: 'uint8', dims: [3], type: 'uint8', data: Uint8Array.of(0, 1, 255) },
  { name: 'int16', dims: [1], type: 'int16', data: Int16Array.of(-32768) },
  { name: 'uint16', dims: [1], type: 'uint16', data: Uint16Array.of(65535) },
  { name: 'int32', dims: [1], type: 'int32', data: Int32Array.of(-(2 ** 31)) },
  { name: 'uint32', dims: [1], type: 'uint32', data: Uint32Array.of(2 ** 32 - 1) },
  { name: 'int64', dims: [2], type: 'int64', data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  { name: 'uint64', dims: [1], type: 'uint64', data: BigUint64Array.of(2n ** 64n - 1n) },
  { name: 'bool', dims: [2], type: 'bool', data: Uint8Array.of(1, 0) },
  { name: 'string', dims: [2], type: 'string', data: ['grün', ''] },
  { name: 'scalar', dims: [], type: 'float32', data: Float32Array.of(7) },
  { name: 'nothing', dims: [0, 3], type: 'float32', data: new Float32Array(0) },
]

/** One attribute of each kind. */
export const everyAttribute: Record<string, OnnxAttribute> = {
  float: { kind: 'float', value: Math.fround(0.1) },
  zero: { kind: 'float', value: 0 },
  int: { kind: 'int', value: -(2 ** 40) },
  end: { kind: 'int', value: Number.MAX_SAFE_INTEGER },
  string: { kind: 'string', value: 'NOTSET' },
  tensor: { kind: 'tensor', value: tensor('inner', [2], [1, 2]) },
  graph: { kind: 'graph', value: graph({ nodes: [node('Abs', ['x'], ['|x|'])], outputs: [value('|x|')] }) },
  sparse: {
    kind: 'sparse',
    value: { dims: [2, 3], values: tensor('some', [2], [1, 2]), places: Float64Array.of(1, 5) },
  },
  floats: { kind: 'floats', value: [0.5, -1] },
  ints: { kind: 'ints', value: [0, -1, 3, Number.MIN_SAFE_INTEGER] },
  noInts: { kind: 'ints', value: [] },
  strings: { kind: 'strings', value: ['', 'b'] },
  tensors: { kind: 'tensors', value: everyTensor.slice(0, 2) },
  graphs: { kind: 'graphs', value: [graph({ name: 'then' }), graph({ name: 'else' })] },
}

/** Every kind of everything that a file can hold. */
export const everything: OnnxModel = model(
  graph({
    nodes: [
      node('Everything', ['x', '', 'float32'], ['y', '', 'z'], everyAttribute),
      { ...node('Twice', ['y'], ['out'], { by: { kind: 'int', value: 3 } }), name: 'last', domain: 'my.own' },
    ],
    initializers: named(...everyTensor),
    inputs: [value('x', ['batch', 3, null]), { name: 'any', type: null, dims: null }],
    outputs: [value('out'), { name: 'z', type: 'complex64', dims: [] }],
    values: [value('y', [1])],
  }),
  {
    producer: 'pytorch 2.13',
    metadata: new Map([['advx.classes', '["a"]']]),
    opsets: new Map([
      ['', 17],
      ['my.own', 1],
    ]),
    functions: [
      {
        name: 'Twice',
        domain: 'my.own',
        inputs: ['a'],
        outputs: ['b'],
        attributes: ['by'],
        defaults: new Map([['bias', { kind: 'float', value: 1 }]]),
        nodes: [node('Scale', ['a'], ['b'], { by: { kind: 'reference', value: 'by', to: 'int' } })],
        opsets: new Map([['', 17]]),
      },
      {
        name: 'Twice',
        domain: 'my.own',
        overload: 'plain',
        inputs: ['a'],
        outputs: ['b'],
        attributes: [],
        defaults: new Map(),
        nodes: [{ ...node('Twice', ['a'], ['b']), domain: 'my.own', overload: 'other' }],
        opsets: new Map(),
      },
    ],
  },
)

type ModelDraft = Parameters<typeof encode<typeof MODEL>>[1]

/** The bytes of a file that says exactly this, right or wrong. */
export const file = (main: ModelDraft['graph'], parts: ModelDraft = {}): Uint8Array =>
  encode(MODEL, { irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph: main, ...parts })

const folder = fileURLToPath(new URL('../../../../shared/data/onnx', import.meta.url))

/** Models that are not part of the project: none where the folder is absent. */
export function otherModels(): { name: string; path: string; bytes: Uint8Array }[] {
  if (!existsSync(folder)) {
    console.log(`skipped: no models in ${folder}`)
    return []
  }
  const names = readdirSync(folder).filter(name => name.endsWith('.onnx'))
  return names.map(name => ({ name, path: `${folder}/${name}`, bytes: readFileSync(`${folder}/${name}`) }))
}
