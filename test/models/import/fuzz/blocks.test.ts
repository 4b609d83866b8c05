import { describe, expect, test } from '@jest/globals'
import { FAMILIES } from './blocks.ts'
import { drawNet } from './draw-net.ts'
import { RandomNet } from './random-net.ts'

describe.each(Object.entries(FAMILIES))('%s', (_, blocks) => {
  test.each(Object.entries(blocks))('%s fits some nets', (_, block) => {
    const x = { name: 'x', shape: [4, 6, 6] }
    const grown = Array.from({ length: 60 }, (_, seed) => block(new RandomNet(seed), x)).filter(y => y !== null)
    expect(grown.length).toBeGreaterThan(3)
    for (const y of grown) expect(y.shape).toHaveLength(3)
  })
})

test('the same seed draws the same net, another one another', () => {
  expect(drawNet(5)).toEqual(drawNet(5))
  expect(drawNet(5).model.graph).not.toEqual(drawNet(6).model.graph)
})
