import { describe, expect, test } from '@jest/globals'
import { Ranking } from '../../src/engine/ranking.ts'
import { uniform } from '../support/values.ts'

const next = uniform(11)
const entries = Array.from({ length: 3000 }, (_, step) => ({
  step,
  worth: Math.floor(20 * next()) - 10, // so that many tie
  cost: Math.floor(4 * next()),
  times: 1 + Math.floor(3 * next()),
}))
const ranking = new Ranking()
for (const { step, worth, cost, times } of entries) ranking.add(step, worth, cost, times)

/** All steps by a stable sort. */
const sorted = entries
  .map(entry => ({ ...entry, worth: entry.cost === 0 ? Infinity : entry.worth }))
  .sort((a, b) => (a.worth === b.worth ? 0 : b.worth - a.worth))
  .flatMap(entry => Array.from({ length: entry.times }, () => entry))

describe('ranking', () => {
  test.each([0, 1, 7, 500, 1e9])('the first steps of at most %d', most => {
    let sum = 0
    const end = sorted.findIndex(({ cost }) => (sum += cost) > most)
    const wanted = sorted.slice(0, end < 0 ? sorted.length : end)
    expect(ranking.atMost(most)).toEqual(wanted.map(({ step }) => step))
  })

  test.each([0, 1, 7, 500, 1e9])('the first steps of at least %d, or 40 of them', least => {
    let sum = 0
    const wanted = sorted.filter(({ cost }) => {
      const taken = sum < least
      sum += cost
      return taken
    })
    expect(ranking.atLeast(least)).toEqual(wanted.map(({ step }) => step))
    expect(ranking.atLeast(least, 40)).toEqual(wanted.slice(0, 40).map(({ step }) => step))
  })

  test('of nothing, nothing', () => expect(new Ranking().atMost(1)).toEqual([]))
})
