import { describe, expect, test } from '@jest/globals'
import { type AttackChoice, passes, planAttacks } from '../../src/engine/plan.ts'

const planned = (choice: Partial<AttackChoice>) => planAttacks({ attacks: ['pgd'], params: {}, ...choice })
const refused = async (choice: Partial<AttackChoice>): Promise<string> => {
  try {
    await planned(choice)
  } catch (error) {
    expect(error).toMatchObject({ name: 'AdvxError', fault: 'usage' })
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}

test("defaults are the attack's for the norm", async () => {
  const [pgd] = await planned({})
  expect(pgd).toMatchObject({
    name: 'pgd',
    norm: 'linf',
    eps: [8 / 255],
    params: { alpha: 0.25, steps: 10, restarts: 1 },
  })
  const [l2] = await planned({ norm: 'l2' })
  expect(l2.eps).toEqual([0.5])
})

test("a parameter goes to every attack that has it, and pgd.steps to pgd's alone", async () => {
  const plans = await planned({ attacks: ['fgsm', 'bim', 'pgd'], params: { steps: 20, 'pgd.steps': 40 } })
  expect(plans.map(p => p.params.steps)).toEqual([undefined, 20, 40])
})

test('one that the norm leaves out may be meant for another attack', async () => {
  const plans = await planned({ attacks: ['cw', 'lbfgs'], norm: 'l2', params: { c: 1, 'cw.c': 2 } })
  expect(plans.map(p => p.params.c)).toEqual([2, 1])
})

test('passes go by attack, then eps, each with its folder', async () => {
  const sweep = await planned({ attacks: ['fgsm', 'pgd'], eps: [0.03, 0.01] })
  expect(passes(sweep).map(p => p.folder)).toEqual(['fgsm@0.03', 'fgsm@0.01', 'pgd@0.03', 'pgd@0.01'])
  expect(passes(await planned({})).map(p => p.folder)).toEqual(['pgd'])
})

describe('refused, with what to do', () => {
  test.each<[string, Partial<AttackChoice>, RegExp]>([
    ['a parameter that the norm leaves out', { attacks: ['cw'], norm: 'linf', params: { c: 1 } }, /cw uses in linf/],
    ['an unknown attack', { attacks: ['pdg'] }, /Did you mean 'pgd'\?/],
    ['an attack twice', { attacks: ['pgd', 'pgd'] }, /each attack once.*pgd twice/],
    ['a norm that it has not', { norm: 'l0' }, /one of linf, l2, l1 for --norm with pgd but got 'l0'/],
    ['8 for 8/255', { eps: [8] }, /Did you mean 8\/255\?/],
    ['a negative budget', { eps: [-0.1] }, /above 0.*-0.1/],
    ['no number', { eps: [Number.NaN] }, /above 0.*NaN/],
    ['less than a level', { eps: [0.5 / 255] }, /at least 1\/255/],
    ["another attack's parameter", { params: { mu: 1 } }, /--alpha, --steps, --restarts.*--mu/],
    ['a misspelt parameter', { params: { step: 1 } }, /Did you mean 'steps'\?/],
    ['half a step', { params: { steps: 2.5 } }, /whole number of at least 1|whole number from/],
    ['no step', { params: { steps: 0 } }, /from 1/],
    ['a parameter where there is none', { attacks: ['fgsm'], params: { steps: 3 } }, /the chosen attacks have none/],
    ['the parameter of an attack not chosen', { params: { 'bim.steps': 3 } }, /--bim.steps/],
  ])('%s', async (_, choice, message) => {
    expect(await refused(choice)).toMatch(message)
  })

  test('the same budget twice', async () => {
    expect(await refused({ eps: [0.03, 0.03] })).toMatch(/each budget once/)
  })
})
