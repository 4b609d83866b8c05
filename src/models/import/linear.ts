import { ShapeError } from '../../errors.ts'
import { aligned } from '../../ops/elementwise.ts'
import { broadcast, size } from '../../shape.ts'
import type { Call, Operator } from './call.ts'
import { asNumbers, dependsOnBatch, isTensor, type Kind, type Numbers } from './value.ts'

/** constant + perBatch·N. */
export type Term = readonly [constant: number, perBatch: number]
export type Rule = (terms: readonly Term[], kind: Kind) => Term

/** The same rule for each element, inputs broadcast against each other. */
function elementwise(call: Call, inputs: readonly Numbers[], rule: Rule, kind: Kind): Numbers {
  const dims = inputs.map(x => x.dims).reduce(broadcast, [])
  call.setting.budget.numbers(size(dims))
  const columns = inputs.map(x => aligned(x.data, x.dims, dims))
  const slopes = inputs.map(x => x.batch && aligned(x.batch, x.dims, dims))
  const data = new Float64Array(size(dims))
  const batch = new Float64Array(data.length)
  for (let i = 0; i < data.length; i++)
    [data[i], batch[i]] = rule(
      columns.map((column, k) => [column[i], slopes[k]?.[i] ?? 0]),
      inputs[0].kind,
    )
  return { dims, kind, data, batch: batch.some(k => k !== 0) ? batch : null }
}

/**
 * An elementwise operator that works on numbers by `rule` where all inputs are known and one of them is no constant of
 * the network (so that it stays exact and may depend on the batch), and by `operator` otherwise.
 */
export function orKnown(rule: Rule, operator: Operator, kind?: Kind): Operator {
  return call => {
    const values = call.values()
    if (values.every(isTensor)) return operator(call)
    const known = values.map(asNumbers).filter(x => x !== undefined)
    return known.length === values.length ? elementwise(call, known, rule, kind ?? resultKind(known)) : operator(call)
  }
}

/** Where(bool, a, b) has the kind of a; everything else that of its first input. */
const resultKind = (inputs: readonly Numbers[]): Kind => inputs[inputs.length > 2 ? 1 : 0].kind

const rounded = (value: number, kind: Kind): number => (kind === 'float' ? value : Math.trunc(value))

export const add: Rule = terms => terms.reduce(([a, k], [b, l]) => [a + b, k + l])
export const subtract: Rule = ([[a, k], [b, l]]) => [a - b, k - l]
export const multiply: Rule = ([[a, k], [b, l]]) => {
  if (k !== 0 && l !== 0) throw dependsOnBatch()
  return [a * b, a * l + k * b]
}
/** Whole numbers are rounded towards 0. (a + k·N) / b is known where b divides both. */
export const divide: Rule = ([[a, k], [b, l]], kind) => {
  if (kind !== 'float' && b === 0 && l === 0) throw new ShapeError('It divides by 0.')
  if (k === 0 && l === 0) return [rounded(a / b, kind), 0]
  if (a === 0 && b === 0) return [rounded(k / l, kind), 0]
  if (l !== 0 || a % b !== 0 || k % b !== 0) throw dependsOnBatch()
  return [a / b, k / b]
}

/** A rule for numbers that do not depend on the batch. */
export const fixed =
  (rule: (...values: number[]) => number): Rule =>
  terms => {
    if (terms.some(([, k]) => k !== 0)) throw dependsOnBatch()
    return [rule(...terms.map(([a]) => a)), 0]
  }

/** Whether the difference is above 0 for every N of at least 1, or for none. */
function isPositive([a, k]: Term): boolean {
  if (a + k > 0 && k >= 0) return true
  if (a + k <= 0 && k <= 0) return false
  throw dependsOnBatch()
}

const less: Rule = ([a, b], kind) => [Number(isPositive(subtract([b, a], kind))), 0]
export const greater: Rule = ([a, b], kind) => less([b, a], kind)
export const equal: Rule = ([a, b], kind) => {
  const [d, k] = subtract([a, b], kind)
  if (k === 0) return [Number(d === 0), 0]
  if (Number.isInteger(-d / k) && -d / k >= 1) throw dependsOnBatch()
  return [0, 0]
}
export const largest: Rule = (terms, kind) => terms.reduce((a, b) => (greater([b, a], kind)[0] ? b : a))
export const smallest: Rule = (terms, kind) => terms.reduce((a, b) => (greater([a, b], kind)[0] ? b : a))
export const choose: Rule = ([c, a, b]) => (c[0] !== 0 ? a : b)
