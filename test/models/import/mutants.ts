import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from '../../../src/formats/onnx/schema.ts'
import { families } from './cases.ts'
import { floats, ints, smallModel } from './small-model.ts'

/** mulberry32: the same numbers each time. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
type Draw = ReturnType<typeof generator>

const NASTY = [
  0,
  1,
  -1,
  2,
  3,
  7,
  -2,
  5,
  64,
  1000,
  65536,
  2 ** 31,
  -(2 ** 31),
  2 ** 40,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
]
const one = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)]
const put = <T>(list: readonly T[], i: number, value: T): T[] => list.map((old, k) => (k === i ? value : old))

function otherAttribute(draw: Draw, attribute: OnnxAttribute | undefined): OnnxAttribute {
  const nasty = one(draw, NASTY)
  if (attribute?.kind === 'ints' && draw(4) > 0)
    return { kind: 'ints', value: put(attribute.value, draw(attribute.value.length || 1), nasty) }
  return one<OnnxAttribute>(draw, [
    { kind: 'int', value: nasty },
    { kind: 'float', value: one(draw, [0, NaN, Infinity, -1e30, 0.5]) },
    { kind: 'ints', value: Array.from({ length: draw(6) }, () => one(draw, NASTY)) },
    { kind: 'string', value: one(draw, ['', 'SAME_UPPER', 'reflect', '__proto__', 'wrap', 'nearest']) },
    { kind: 'floats', value: [] },
    { kind: 'tensor', value: ints([nasty]) },
  ])
}

const NAMES = [
  'axis',
  'axes',
  'pads',
  'strides',
  'kernel_shape',
  'dilations',
  'group',
  'mode',
  'auto_pad',
  'ceil_mode',
  'perm',
  'keepdims',
  'to',
  'size',
  'blocksize',
  'start',
  'end',
  'value',
  'epsilon',
  'split',
]
const TYPES = Object.values(families).flatMap(cases => cases.flatMap(([, { nodes }]) => nodes.map(({ type }) => type)))

function otherNode(draw: Draw, old: OnnxNode): OnnxNode {
  const attributes = new Map(old.attributes)
  const name = one(draw, [...attributes.keys(), ...NAMES])
  switch (draw(6)) {
    case 0:
      attributes.delete(one(draw, [...attributes.keys(), 'none']))
      return { ...old, attributes }
    case 1:
      return { ...old, inputs: old.inputs.slice(0, draw(old.inputs.length + 1)) }
    case 2:
      return { ...old, inputs: put(old.inputs, draw(old.inputs.length || 1), one(draw, ['', 'x', 'w', ...old.inputs])) }
    case 3:
      return { ...old, type: one(draw, TYPES) }
    default:
      return { ...old, attributes: attributes.set(name, otherAttribute(draw, attributes.get(name))) }
  }
}

function otherWeight(draw: Draw, old: OnnxTensor): OnnxTensor {
  const count = old.data.length
  if (old.type === 'int64' && draw(3) > 0)
    return ints(put(Array.from(old.data, Number), draw(count || 1), one(draw, NASTY)), old.dims)
  const dims = one(draw, [[], [count], [count, 1], [1, count], [1, 1, count], [1, 1, 1, count], [0], [1]])
  const size = dims.reduce((a: number, b) => a * b, 1)
  return draw(2) === 0
    ? floats(dims)
    : ints(
        Array.from({ length: size }, () => one(draw, NASTY)),
        dims,
      )
}

function mutant(draw: Draw, { graph, ...rest }: OnnxModel): OnnxModel {
  const nodes = put(graph.nodes, draw(graph.nodes.length), otherNode(draw, one(draw, graph.nodes)))
  const initializers = new Map(graph.initializers)
  const name = one(draw, [...initializers.keys(), 'w'])
  const [x] = graph.inputs
  switch (draw(5)) {
    case 0:
      initializers.set(name, otherWeight(draw, initializers.get(name) ?? floats([2])))
      return { ...rest, graph: { ...graph, initializers } }
    case 1:
      return { ...rest, opsets: new Map([['', 7 + draw(18)]]), graph }
    case 2:
      return {
        ...rest,
        graph: { ...graph, inputs: [{ ...x, dims: put(x.dims!, draw(4), Math.abs(one(draw, NASTY))) }] },
      }
    default:
      return { ...rest, graph: { ...graph, nodes } }
  }
}

const smallModels = Object.values(families).flatMap(cases => cases.map(([, small]) => small))

/** Models with one to three random faults each; the same ones for the same seed. */
export function* mutants(seed: number, count: number): Generator<OnnxModel> {
  const draw = generator(seed)
  for (let i = 0; i < count; i++) {
    let model = smallModel(one(draw, smallModels))
    for (let k = draw(3); k >= 0; k--) model = mutant(draw, model)
    yield model
  }
}
