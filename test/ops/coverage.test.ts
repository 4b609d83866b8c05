import { expect, test } from '@jest/globals'
import { backward } from '../../src/grad.ts'
import { toposort } from '../../src/graph.ts'
import { isConstant, isInput } from '../../src/tensor.ts'
import { declaredOps } from '../support/declared-ops.ts'
import { gradients } from '../support/derivative.ts'
import { type Case, inputsOf } from './case.ts'
import { cases } from './cases.ts'

/** The operators in the graph of a case and, by reverse mode, in those of its first and second gradient. */
function operators(one: Case): string[] {
  const xs = inputsOf(one)
  const y = one.f(...xs)
  const first = gradients(y.sum(), xs).filter(g => g !== null)
  const second =
    first.length === 0
      ? []
      : gradients(
          first.map(g => g.mul(g).sum()).reduce((a, b) => a.add(b)),
          xs,
        )
  const nodes = toposort([y, ...first, ...second.filter(g => g !== null)])
  return nodes.filter(t => !isInput(t) && !isConstant(t)).map(t => t.op.name)
}

test('every operator has a case', () => {
  const met = new Set(cases.flatMap(operators))
  const declared = Object.values(declaredOps()).flat()
  expect(declared.filter(name => !met.has(name))).toEqual([])
  // And the other way round: an operator that the search in the sources misses would not be looked for.
  expect([...met].filter(name => !declared.includes(name))).toEqual([])
})

test('no two operators and no two cases have the same name', () => {
  const declared = Object.values(declaredOps()).flat()
  expect(declared.length).toBe(new Set(declared).size)
  const names = cases.map(({ name }) => name)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})

test('an operator without a gradient says so', () => {
  const [x] = inputsOf(cases.find(({ name }) => name === 'sign')!)
  expect(() =>
    backward(
      cases
        .find(({ name }) => name === 'sign')!
        .f(x)
        .sum(),
      [x],
    ),
  ).toThrow(/No gradient reaches/)
})
