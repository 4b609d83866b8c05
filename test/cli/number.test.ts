import { describe, expect, test } from '@jest/globals'
import { parseNumber, parseNumbers, parsePercent, parseWhole } from '../../src/cli/number.ts'
import { AdvxError } from '../../src/errors.ts'

describe('parseNumber', () => {
  test.each([
    ['8/255', 8 / 255],
    ['0.03', 0.03],
    ['1e-2', 0.01],
    ['1E+2', 100],
    ['.5', 0.5],
    ['5.', 5],
    ['8', 8],
    [' 8 / 255 ', 8 / 255],
    ['0.5/255', 0.5 / 255],
    ['0', 0],
  ])('%s', (text, value) => {
    expect(parseNumber(text, '--eps')).toBe(value)
  })

  test.each([
    '',
    ' ',
    '-1',
    '-8/255',
    '-0',
    'NaN',
    'nan',
    'Infinity',
    '1e999',
    '8/0',
    '0/0',
    '8/',
    '/255',
    '1/2/3',
    '0x10',
    '1,5',
    '8/255px',
    '8 255',
    '1_000',
    '--json',
    '٣',
  ])("'%s' is none", text => {
    expect(() => parseNumber(text, '--eps')).toThrow(AdvxError)
    expect(() => parseNumber(text, '--eps')).toThrow(/^Expected a number.* for --eps but got '/)
  })

  test('a sign where it may be', () => {
    expect(parseNumber('-1/4', '--kappa', { signed: true })).toBe(-0.25)
  })

  test('by comma', () => {
    expect(parseNumbers('1/255, 2/255,0.5', '--eps')).toEqual([1 / 255, 2 / 255, 0.5])
    expect(() => parseNumbers('1/255,', '--eps')).toThrow(/a number for --eps but got ''/)
  })
})

describe('parseWhole', () => {
  test('takes the range and its ends', () => {
    expect(['1', '64', '1e3'].map(text => parseWhole(text, '-b', 1, 1000))).toEqual([1, 64, 1000])
  })
  test.each(['0', '1001', '1.5', '-3', '', '8/2', 'many', 'NaN', '9007199254740993'])("not '%s'", text => {
    expect(() => parseWhole(text, '--threads', 1, 1000)).toThrow(
      /^Expected a whole number from 1 to 1000 for --threads/,
    )
  })
  test('an open range says so', () => {
    expect(() => parseWhole('0', '--limit', 1, Number.MAX_SAFE_INTEGER)).toThrow(/of at least 1 for --limit/)
  })
})

describe('parsePercent', () => {
  test.each([
    ['50', 0.5],
    ['50%', 0.5],
    ['50 %', 0.5],
    ['0%', 0],
    ['0.5%', 0.005],
    ['1', 0.01],
    ['100', 1],
  ])('%s', (text, value) => {
    expect(parsePercent(text, '--fail-under')).toBe(value)
  })
  test.each(['101', '-1', '', '%', 'half', 'NaN', '50%%'])("not '%s'", text => {
    expect(() => parsePercent(text, '--fail-under')).toThrow(AdvxError)
  })
  test('below 1 the sign is needed, and both meanings are named', () => {
    expect(() => parsePercent('0.5', '--fail-under')).toThrow(/Say 0\.5% or 50%\./)
    expect(() => parsePercent('0', '--fail-under')).toThrow(/Say 0%\./)
  })
})
