import { describe, expect, test } from '@jest/globals'
import { type Attack, attack } from '../src/attack.ts'
import { AdvxError } from '../src/errors.ts'
import type { Tensor } from '../src/tensor.ts'

const step = ({ x }: { readonly x: Tensor }): { x: Tensor } => ({ x })
const right = { title: 'Mine', paper: 'none', norms: { linf: { eps: 0.1 } }, params: { alpha: 0.5, steps: 3 }, step }

/** A plugin is JavaScript: what the compiler would refuse can come all the same. */
const define = (definition: object): Attack => attack(definition as Parameters<typeof attack>[0])

test('what is right comes back as it is', () => {
  expect(attack(right)).toEqual(right)
  expect(define({ ...right, params: undefined }).params).toEqual({})
  expect(define({ ...right, norms: { l2: {} } }).norms).toEqual({ l2: {} })
  expect(define({ ...right, params: { sigma: -1e9, alpha: 0, mu: 10 } }).params.sigma).toBe(-1e9)
})

describe('what is wrong is named', () => {
  test.each([
    ['no title', { title: undefined }, /needs a title and a paper/],
    ['a paper that is no text', { paper: 1706 }, /'Mine' }\) needs a title and a paper/],
    ['a formula that is no text', { formula: ['x'] }, /has a formula that is no text/],
    ['no step', { step: undefined }, /needs a function step\(state, goal, params\)/],
    [
      'no norms',
      { norms: undefined },
      /needs norms out of linf, l2, l1, l0, each with its default eps, or \{\} to look for the nearest: \{ linf/,
    ],
    ['empty norms', { norms: {} }, /needs norms out of/],
    ['an unknown norm', { norms: { linf: { eps: 0.1 }, l3: { eps: 1 } } }, /needs norms out of/],
    [
      'an eps that is undefined',
      { norms: { l2: { eps: undefined } } },
      /has eps = undefined, not a number of at least 0/,
    ],
    ['rounds without their number', { round: step }, /has round\(\), and no parameter `rounds`/],
    ['a norm that is a number', { norms: { l2: 0.5 } }, /has eps = undefined/],
    ['a norm that is null', { norms: { l2: null } }, /has eps = undefined/],
    ['a negative eps', { norms: { l2: { eps: -0.5 } } }, /has eps = -0\.5/],
    ['an alpha out of range', { params: { alpha: 11 } }, /'Mine' }\) has alpha = 11, not a number from 0 to 10/],
    ['a NaN', { params: { alpha: Number.NaN } }, /has alpha = NaN/],
    ['a text', { params: { steps: '10' } }, /has steps = 10, not a whole number from 1 to 1000000/],
    ['no steps', { params: { steps: 0 } }, /has steps = 0/],
    ['half a step', { params: { steps: 2.5 } }, /has steps = 2\.5, not a whole number/],
    ['a parameter of its own that is no number', { params: { sigma: true } }, /has sigma = true/],
  ])('%s', (_, wrong, message) => {
    expect(() => define({ ...right, ...wrong })).toThrow(AdvxError)
    expect(() => define({ ...right, ...wrong })).toThrow(message)
  })
})
