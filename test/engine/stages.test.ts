import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { planAttacks } from '../../src/engine/plan.ts'
import { folderOf } from '../io/folder.ts'

test('auto is its four attacks, in L1 by its own list', async () => {
  const [linf] = await planAttacks({ attacks: ['auto'], params: { queries: 100 } })
  expect(linf.stages.map(({ name, eps, norm, params }) => ({ name, eps, norm, params }))).toEqual(
    [
      { name: 'apgd-ce', params: { loss: 'ce', steps: 100, rounds: 1, targets: 0, restarts: 1 } },
      { name: 'apgd-t', params: { loss: 'dlr', steps: 100, rounds: 1, targets: 9, restarts: 1 } },
      { name: 'fab-t', params: { steps: 100, targets: 9, candidates: 10, overshoot: 0.05 } },
      { name: 'square', params: { queries: 100, restarts: 1 } },
    ].map(stage => ({ ...stage, eps: [8 / 255], norm: 'linf' })),
  )
  const [l1] = await planAttacks({ attacks: ['auto'], norm: 'l1', params: {} })
  expect(l1.stages.map(stage => [stage.params.rounds, stage.params.targets, stage.params.restarts])).toEqual([
    [3, 0, 5],
    [3, 5, 1],
    [undefined, 9, undefined],
    [undefined, undefined, 1],
  ])
})

const sequence = (stages: string, norms = '{ linf: { eps: 0.1 } }'): string =>
  `export default { title: 'Mine', paper: 'none', norms: ${norms}, params: { steps: 3 }, stages: (norm, { steps }) => ${stages} }`

test("a sequence of one's own names attacks of ours, and files beside it", async () => {
  const folder = await folderOf({
    'mine.js': sequence("[{ name: 'one', attack: 'pgd', params: { steps } }, { name: 'two', attack: './still.js' }]"),
    'still.js': `export default { title: 'Still', paper: 'none', norms: { linf: { eps: 0.2 } }, params: {}, step: state => state }`,
  })
  const [{ stages, eps }] = await planAttacks({ attacks: [join(folder, 'mine.js')], params: {} })
  expect(eps).toEqual([0.1])
  expect(stages.map(({ name, attack, eps, params }) => [name, attack.title, eps, params.steps])).toEqual([
    ['one', 'Projected Gradient Descent', [0.1], 3],
    ['two', 'Still', [0.1], undefined],
  ])
})

test.each([
  ['an attack that is not there', "[{ name: 'a', attack: 'nope' }]", /Expected an attack/],
  ['another sequence', "[{ name: 'a', attack: 'auto' }]", /Expected an attack that is no sequence for stage 'a'/],
  ['a norm that it has not', "[{ name: 'a', attack: 'ddn' }]", /Expected an attack in linf for stage 'a' of 'mine'/],
  ['a parameter that it has not', "[{ name: 'a', attack: 'pgd', params: { mu: 1 } }]", /got --mu/],
  ['two of one name', "[{ name: 'a', attack: 'pgd' }, { name: 'a', attack: 'bim' }]", /each stage once/],
  ['a name that is no part of a path', "[{ name: 'a b', attack: 'pgd' }]", /a name of letters/],
  ['nothing', '[]', /at least one stage/],
])('a sequence of %s is refused before anything runs', async (_, stages, message) => {
  const folder = await folderOf({ 'mine.js': sequence(stages) })
  await expect(planAttacks({ attacks: [join(folder, 'mine.js')], params: {} })).rejects.toThrow(message)
})
