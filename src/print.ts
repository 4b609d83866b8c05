import { toposort } from './graph.ts'
import { show, size } from './shape.ts'
import { dataOf, isConstant, isInput, type Tensor } from './tensor.ts'

/**
 * A graph as people read it, one node a line:
 *
 *     x: [N, 1, 28, 28]
 *     %1 = conv(x, [8, 1, 3, 3]) {pads: 1 1 1 1} : [N, 8, 28, 28]
 *     return %1
 */
export function print(outputs: readonly Tensor[]): string {
  const names = new Map<Tensor, string>()
  const lines: string[] = []
  let count = 0
  for (const node of toposort(outputs)) {
    if (isConstant(node)) {
      names.set(node, size(node.shape) === 1 ? number(dataOf(node)[0]) : `[${show(node.shape)}]`)
      continue
    }
    if (isInput(node)) {
      names.set(node, String(node.attrs.name))
      lines.push(`${node.attrs.name}: [${show(node.shape)}]`)
      continue
    }
    const name = `%${++count}`
    names.set(node, name)
    const inputs = node.inputs.map(t => names.get(t)).join(', ')
    lines.push(`${name} = ${node.op.name}(${inputs})${attributes(node)} : [${show(node.shape)}]`)
  }
  return [...lines, `return ${outputs.map(t => names.get(t)).join(', ')}`].join('\n')
}

/** With as few digits as tell a float32 from its neighbours: 0.1, not 0.10000000149011612. */
const number = (value: number): string =>
  String([6, 7, 8].map(digits => Number(value.toPrecision(digits))).find(v => Math.fround(v) === value) ?? value)

const text = (value: unknown): string => (typeof value === 'number' ? number(value) : String(value))

/** Those attributes that say something: not what is usual, not what the shape tells. */
function attributes({ attrs }: Tensor): string {
  const usual: Record<string, string> = { strides: '1 1', dilations: '1 1', pads: '0 0 0 0', group: '1' }
  const told = Object.entries(attrs)
    .filter(([name]) => !['shape', 'lengths', 'spatial'].includes(name))
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(' ') : text(value)])
    .filter(([name, value]) => usual[name] !== value)
  return told.length === 0 ? '' : ` {${told.map(([name, value]) => `${name}: ${value}`).join(', ')}}`
}
