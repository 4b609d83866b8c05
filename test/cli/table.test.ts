import { expect, test } from '@jest/globals'
import { Chalk } from 'chalk'
import { commandLine } from '../../src/cli/command-line.ts'
import { budgetText, durationText, lengthText, numberText, shareText } from '../../src/cli/figures.ts'
import { table } from '../../src/cli/table.ts'

test('columns keep their width, colours have none', () => {
  const { red } = new Chalk({ level: 1 })
  expect(table([['a', 'bcd'], [red('long'), 'e', 'f'], []], '  ')).toBe(`  a     bcd\n  ${red('long')}  e    f\n`)
  expect(table([])).toBe('')
})

test('figures', () => {
  expect(shareText({ value: 0.97872, low: 0.926, high: 0.9942 })).toBe('97.9 % (92.6 to 99.4)')
  expect(shareText(null)).toBe('not measured')
  expect(lengthText('linf', 8 / 255)).toBe('8/255')
  expect(lengthText('linf', 0.03)).toBe('0.03')
  expect(lengthText('l2', 8 / 255)).toBe('0.03137')
  expect(budgetText('l2', 0.5)).toBe('L2 0.5')
  expect(budgetText('l0', null)).toBe('L0')
  expect([1000000, 0.25, 1 / 3, 1e-7].map(numberText)).toEqual(['1000000', '0.25', '0.3333', '1e-7'])
  expect([0.1234, 9.96, 42.4, 125, 3599.6, 12000].map(durationText)).toEqual([
    '0.12 s',
    '10 s',
    '42 s',
    '2 min 5 s',
    '1 h 0 min',
    '3 h 20 min',
  ])
})

test('a command line can be typed again', () => {
  expect(commandLine(['attack', '-e', '8/255', 'my photos', "it's", '', '*.png'])).toBe(
    "attack -e 8/255 'my photos' 'it'\\''s' '' '*.png'",
  )
})
