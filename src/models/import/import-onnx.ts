import { AdvxError } from '../../errors.ts'
import { nodeTitle, quote } from '../../formats/onnx/quote.ts'
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from '../../formats/onnx/schema.ts'
import { transpose } from '../../ops/shape.ts'
import { N } from '../../shape.ts'
import { simplify } from '../../simplify.ts'
import { input, type Tensor } from '../../tensor.ts'
import { Budget } from './budget.ts'
import { Call, type Setting } from './call.ts'
import { logitsOf } from './logits.ts'
import { asBatchOf } from './one-picture.ts'
import { OPERATORS } from './operators.ts'
import { type PictureInput, type PictureSize, pictureInput } from './picture-input.ts'
import { fromFile, isTensor, type Value } from './value.ts'

export interface ImportOptions {
  /** The name of the output that holds the scores; else it is found. */
  readonly output?: string | undefined
  /** 1: one picture at a time, as the file says it. Else any number, where the file can be read so. */
  readonly batch?: 1 | undefined
  readonly size?: PictureSize | undefined
}

export interface Imported {
  /** [N, C, H, W], whatever order the file wants. */
  readonly input: Tensor
  /** [N, K] */
  readonly logits: Tensor
  readonly picture: PictureInput
  /** 1: right for one picture at a time only. */
  readonly batch: 'any' | 1
  /** What was done to the graph that a user should know, as sentences. */
  readonly notes: readonly string[]
}

/**
 * The graph of an ONNX classifier in operators of the core, simplified, without a Softmax at the end.
 *
 * A file with a fixed batch of 1 is read for any batch; where that fails it is read for one picture at a time.
 * Whatever does not fit is an AdvxError with the fault `model` that names the node.
 */
export function importOnnx(model: OnnxModel, { output, batch, size = {} }: ImportOptions = {}): Imported {
  const picture = pictureInput(model, size)
  const chosen = chooseOutput(model, output)
  if (batch === 1) return read(model, picture, chosen, 1)
  try {
    return read(model, picture, chosen, N)
  } catch (error) {
    if (!(error instanceof AdvxError) || (picture.batch ?? 1) !== 1) throw error
    const alone = read(model, picture, chosen, 1)
    return { ...alone, notes: [...alone.notes, `Pictures go through the model one at a time: ${error.message}`] }
  }
}

function read(model: OnnxModel, picture: PictureInput, output: string, batch: typeof N | 1): Imported {
  const { channels, height, width, layout } = picture
  const source = input([N, channels, height, width], picture.name)
  const pictures = batch === 1 ? asBatchOf(source, [1, channels, height, width]) : source
  const seen = layout === 'NHWC' ? transpose(pictures, [0, 2, 3, 1]) : pictures
  const budget = new Budget(weightsIn(model.graph))
  budget.activation(source.shape)
  const result = translate(model, new Map([[picture.name, seen]]), output, {
    budget,
    batch: picture.batch ?? 1,
    fixed: picture.batch !== null,
  })
  if (!isTensor(result)) throw new AdvxError('model', `The output ${quote(output)} does not depend on the picture.`)
  const { logits, removed } = logitsOf(result, batch)
  const notes = [
    removed && `The ${removed} at the end was taken away: attacks work on logits.`,
    layout === 'NHWC' && 'The model takes channels last; pictures are transposed inside the graph.',
    picture.type !== 'float32' && `The input is ${picture.type} in the file and float32 here.`,
    model.graph.outputs.length > 1 && `The scores are taken from the output ${quote(output)}.`,
  ].filter(note => typeof note === 'string')
  const rows = batch === 1 ? asBatchOf(logits, [N, logits.shape[1]]) : logits
  return { input: source, logits: simplify([rows])[0], picture, batch: batch === 1 ? 1 : 'any', notes }
}

const weightsIn = ({ initializers, nodes }: OnnxGraph): number => {
  const tensors = nodes.flatMap(({ attributes }) =>
    Array.from(attributes.values(), a => (a.kind === 'tensor' ? a.value : [])),
  )
  return [...initializers.values(), ...tensors.flat()].reduce((total, { data }) => total + data.length, 0)
}

/** The output called logits, else the first of floats that has the shape of scores, as far as the file tells. */
function chooseOutput({ graph: { outputs } }: OnnxModel, wanted: string | undefined): string {
  const names = outputs.map(({ name }) => quote(name)).join(', ')
  if (wanted !== undefined) {
    if (outputs.some(({ name }) => name === wanted)) return wanted
    throw new AdvxError('usage', `The model has no output ${quote(wanted)}. Its outputs are: ${names}.`)
  }
  const scores = ({ type, dims }: OnnxValue): boolean =>
    (type === null || /float/.test(type)) &&
    (dims === null || (dims.length >= 2 && dims.slice(2).every(d => typeof d !== 'number' || d === 1)))
  const fitting = outputs.filter(scores)
  const best = fitting.find(({ name }) => /logits/i.test(name)) ?? fitting[0] ?? outputs[0]
  if (!best) throw new AdvxError('model', 'The model has no output.')
  return best.name
}

/** The value of `output`, computed from the given ones and the weights by the nodes that it needs. */
function translate(
  { graph, opsets }: OnnxModel,
  given: ReadonlyMap<string, Value>,
  output: string,
  setting: Setting,
): Value {
  const values = new Map(given)
  const live = new Set(given.values())
  const lookup = (name: string): Value => {
    const known = values.get(name)
    if (known) return known
    const weight = graph.initializers.get(name)
    if (!weight) throw new AdvxError('model', `Nothing computes ${quote(name)}${isInput(graph, name)}.`)
    setting.budget.constant([weight.data.length])
    const value = fromFile(weight)
    values.set(name, value)
    return value
  }
  const needed = neededFor(output, graph)
  for (const [i, node] of graph.nodes.entries()) {
    if (!needed.has(node)) continue
    const opset = opsets.get(node.domain) ?? 0
    const operator = node.domain === '' ? OPERATORS.get(node.type) : undefined
    if (!operator) throw unknown(node, i, opset)
    within(node, i, opset, () => {
      const inputs = node.inputs.map(name => (name === '' ? undefined : lookup(name)))
      const fed = inputs.some(value => value !== undefined && live.has(value))
      const results = [operator(new Call(node, inputs, { opset, setting, live: fed }))].flat()
      for (const [k, value] of results.entries()) {
        if (isTensor(value)) setting.budget[fed ? 'activation' : 'constant'](value.shape)
        if (fed) live.add(value)
        if (node.outputs[k]) values.set(node.outputs[k], value)
      }
    })
  }
  return lookup(output)
}

const isInput = ({ inputs }: OnnxGraph, name: string): string =>
  inputs.some(input => input.name === name)
    ? ', a second input of the model: export it with pictures as the only one'
    : ''

/** The nodes that lead to a value. */
function neededFor(output: string, { nodes }: OnnxGraph): ReadonlySet<OnnxNode> {
  const maker = new Map(nodes.flatMap(node => node.outputs.map(name => [name, node])))
  const needed = new Set<OnnxNode>()
  const names = [output]
  while (names.length > 0) {
    const node = maker.get(names.pop()!)
    if (!node || needed.has(node)) continue
    needed.add(node)
    names.push(...node.inputs.filter(name => name !== ''))
  }
  return needed
}

/** What goes wrong in a node is told with the node. */
function within(node: OnnxNode, i: number, opset: number, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof AdvxError)) throw error
    const message = `The ${nodeTitle(node, i)} of opset ${opset} cannot be read. ${error.message}`
    throw new AdvxError('model', message, { cause: error })
  }
}

function unknown(node: OnnxNode, i: number, opset: number): AdvxError {
  const set = node.domain === '' ? 'ai.onnx' : node.domain
  const known = [...OPERATORS.keys()].sort().join(', ')
  return new AdvxError(
    'model',
    `The operator of ${nodeTitle(node, i)} from ${quote(set)}, opset ${opset}, is not known. Known are: ${known}.`,
  )
}
