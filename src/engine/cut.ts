import type { Fn } from '../exec/executor.ts'
import { ancestors, substitute, toposort } from '../graph.ts'
import { size } from '../shape.ts'
import { simplify } from '../simplify.ts'
import { input, isConstant, isInput, type Tensor } from '../tensor.ts'

/** Splits a function after everything that leads to the model's weights. What passes the cut is named `cut:0`, … */
export function cut({ inputs, outputs }: Fn, constants: ReadonlySet<Tensor>): { heavy: Fn; light: Fn } {
  const order = toposort(Object.values(outputs))
  const weights = new Set<Tensor>() // and what is made of nothing else
  const isWeight = (t: Tensor): boolean => constants.has(t) || weights.has(t)
  for (const node of order)
    if (node.inputs.some(isWeight) && node.inputs.every(t => isWeight(t) || isConstant(t))) weights.add(node)
  const heavy = ancestors(order.filter(node => !weights.has(node) && node.inputs.some(isWeight)))
  const crossing = new Set<Tensor>()
  const pass = (t: Tensor): void => {
    if (heavy.has(t) && !isInput(t) && !isConstant(t)) crossing.add(t)
  }
  for (const node of order) if (!heavy.has(node)) node.inputs.forEach(pass)
  Object.values(outputs).forEach(pass)
  const named = [...crossing].map((t, i) => [`cut:${i}`, t] as const)
  const holes = new Map(named.map(([name, t]) => [t, input(t.shape, name)]))
  const rest = substitute(Object.values(outputs), holes)
  return {
    heavy: { inputs, outputs: Object.fromEntries(named) },
    light: {
      inputs: { ...inputs, ...Object.fromEntries(named.map(([name, t]) => [name, holes.get(t)!])) },
      outputs: Object.fromEntries(Object.keys(outputs).map((name, i) => [name, rest[i]])),
    },
  }
}

/** Whether `extra` is computed among `outputs` already, but for cheap steps at its end: no weight is touched again. */
export function isFree(outputs: Readonly<Record<string, Tensor>>, extra: Tensor): boolean {
  const touched = (graph: readonly Tensor[]): number =>
    toposort(simplify(graph)).filter(node => node.inputs.some(t => isConstant(t) && size(t.shape) > 1)).length
  return touched([...Object.values(outputs), extra]) <= touched(Object.values(outputs))
}
