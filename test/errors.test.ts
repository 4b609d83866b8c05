import { describe, expect, test } from '@jest/globals'
import { AdvxError, expected, ShapeError, suggest } from '../src/errors.ts'

describe('an error', () => {
  test('says what was expected, for what, what came and what to do', () => {
    const error = expected('usage', 'a number above 0', '--steps', -3, 'Try --steps 10.')
    expect(error).toBeInstanceOf(AdvxError)
    expect([error.name, error.fault]).toEqual(['AdvxError', 'usage'])
    expect(error.message).toBe('Expected a number above 0 for --steps but got -3. Try --steps 10.')
  })
  test.each([
    ['text', "'text'"],
    ['', "''"],
    [undefined, 'undefined'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [[1, 2], '[1, 2]'],
  ])('shows %j as %s', (got, shown) => {
    expect(expected('model', 'x', 'y', got).message).toBe(`Expected x for y but got ${shown}.`)
  })
  test('keeps its cause', () => {
    const cause = new Error('the disk is full')
    expect(new AdvxError('output', 'Cannot write', { cause }).cause).toBe(cause)
  })
  test('of shapes is the fault of a model', () => {
    const error = new ShapeError('3 and 4')
    expect(error).toBeInstanceOf(AdvxError)
    expect([error.name, error.fault]).toEqual(['ShapeError', 'model'])
  })
})

describe('a suggestion', () => {
  const attacks = ['fgsm', 'bim', 'pgd', 'mi-fgsm', 'deepfool']

  test.each([
    ['pdg', "Did you mean 'pgd'?"],
    ['pgdd', "Did you mean 'pgd'?"],
    ['PGD', "Did you mean 'pgd'?"],
    ['fsgm', "Did you mean 'fgsm'?"],
    ['abc', ''],
    ['fgs', "Did you mean 'fgsm'?"],
    ['mifgsm', "Did you mean 'mi-fgsm'?"],
    ['mi_fgsm', "Did you mean 'mi-fgsm'?"],
    ['depfol', "Did you mean 'deepfool'?"],
    ['autoattack', ''],
    ['', ''],
  ])('for %j is %j', (name, sentence) => {
    expect(suggest(name, attacks)).toBe(sentence)
  })
  test('needs names', () => {
    expect(suggest('pgd', [])).toBe('')
  })
})
