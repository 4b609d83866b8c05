import { describe, expect, test } from '@jest/globals'
import { formulaLines, symbolsOf } from '../../src/cli/formula.ts'
import { attackNames, loadAttack } from '../../src/engine/registry.ts'

const names = await attackNames()

describe('the formula of every attack', () => {
  test.each(names)('%s: fits 80 columns, indented, in plain characters', async name => {
    const { attack } = await loadAttack(name)
    const lines = formulaLines(attack.formula!)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      expect([...line].length).toBeLessThanOrEqual(78)
      expect(line).not.toMatch(/[\t\p{M}\p{Cc}]/u)
    }
    for (const [text, meaning] of symbolsOf(attack.formula!)) expect(text.length + meaning.length).toBeLessThan(100)
  })
})

test('lines lose the indentation that they share, and what is empty', () => {
  expect(formulaLines('\n    x′ = x\n      + 1\n\n    y\n  ')).toEqual(['x′ = x', '  + 1', 'y'])
  expect(formulaLines('x')).toEqual(['x'])
})

test('only the symbols of a formula are explained', () => {
  const told = (formula: string): string[] => symbolsOf(formula).map(([text]) => text)
  expect(told('x₀ + J(x, y)')).toEqual(['x₀', 'y', 'J'])
  expect(told('z_k − z_y, ‖w‖_q')).toEqual(['y', 'z', '‖·‖_q'])
  expect(told('haze, yes')).toEqual([])
})
