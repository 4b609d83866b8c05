import { AdvxError, suggest } from '../../errors.ts'
import { quote } from '../../formats/onnx/quote.ts'
import type { OnnxModel, OnnxNode, OnnxValue } from '../../formats/onnx/schema.ts'
import { reads } from '../../formats/onnx/scope.ts'

/** Operators that give the places of scores, or scores without their places. */
const RANKINGS = new Set(['ArgMax', 'ArgMin', 'TopK'])
/** What may stand between them and an output. */
const PASSING = new Set(['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze'])

/**
 * The name of the value that holds the scores: what is asked for (an output, or any value of the graph), else the output
 * called logits, else the first of floats that has the shape of scores as far as the file tells; not one that another
 * such output is computed from (features), and of equally long ones the one with the most nodes behind it (the others
 * are auxiliary classifiers).
 */
export function chooseOutput({ graph }: OnnxModel, wanted: string | undefined): string {
  const makers = new Map(graph.nodes.flatMap(node => node.outputs.map(name => [name, node] as const)))
  makers.delete('')
  const names = graph.outputs.map(({ name }) => name)
  if (wanted !== undefined) {
    if (names.includes(wanted) || makers.has(wanted)) return wanted
    const hint = suggest(wanted, [...names, ...makers.keys()])
    throw new AdvxError(
      'usage',
      `The model has no output ${quote(wanted)}. Its outputs are: ${names.map(quote).join(', ')}. ${hint}`.trim(),
    )
  }
  if (names.length === 0) throw new AdvxError('model', 'The model has no output.')
  const all = graph.outputs.filter(value => mayBeScores(value) && !rankingOf(value.name, makers))
  if (all.length === 0) return onlyRanked(graph.outputs, makers)
  const main = all.filter(({ name }) => !/aux/i.test(name))
  const fitting = main.length > 0 ? main : all
  const called = fitting.find(({ name }) => /logits/i.test(name))
  if (called) return called.name
  const behind = new Map(fitting.map(({ name }) => [name, namesBehind(name, makers)]))
  return fitting.reduce((best, next) => {
    const same = classesOf(best) !== null && classesOf(best) === classesOf(next)
    const [near, far] = [behind.get(best.name)!, behind.get(next.name)!]
    return far.has(best.name) || (same && far.size > near.size) ? next : best
  }).name
}

type Makers = ReadonlyMap<string, OnnxNode>

const mayBeScores = ({ type, dims }: OnnxValue): boolean =>
  (type === null || /float/.test(type)) && (dims === null || dims.slice(2).every(d => typeof d !== 'number' || d === 1))

const classesOf = ({ dims }: OnnxValue): number | null => (typeof dims?.[1] === 'number' ? dims[1] : null)

/** The node that ranks the scores, where an output is its result. */
function rankingOf(name: string, makers: Makers): OnnxNode | null {
  let node = makers.get(name)
  while (node && PASSING.has(node.type)) node = makers.get(node.inputs[0])
  return node && RANKINGS.has(node.type) ? node : null
}

/** The outputs are of no use: their scores are named, or the first is taken and will say what it is. */
function onlyRanked(outputs: readonly OnnxValue[], makers: Makers): string {
  const ranked = outputs.map(({ name }) => ({ name, node: rankingOf(name, makers) })).find(({ node }) => node)
  if (!ranked?.node) return outputs[0].name
  const { name, node } = ranked
  throw new AdvxError(
    'model',
    `The output ${quote(name)} tells which scores are largest (${node.type}), which has no gradient. The scores themselves are ${quote(node.inputs[0])}: choose them by --output ${node.inputs[0]}`,
  )
}

/** All values that one is computed from. */
function namesBehind(name: string, makers: Makers): ReadonlySet<string> {
  const found = new Set<string>()
  const stack = [name]
  while (stack.length > 0) {
    const node = makers.get(stack.pop()!)
    for (const source of node ? reads(node) : []) {
      if (found.has(source)) continue
      found.add(source)
      stack.push(source)
    }
  }
  return found
}
