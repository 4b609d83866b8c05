import { expect, test } from '@jest/globals'
import { bumpOf } from '../src/bumps.ts'

test.each([3, 4, 5, 8])('side %d: of length 1, one half above 0, the other below', side => {
  const bump = bumpOf(side, true)
  expect(bump.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 6)
  const half = (side >> 1) * side
  expect(bump.subarray(0, half).every(v => v > 0)).toBe(true)
  expect(bump.subarray(half).every(v => v < 0)).toBe(true)
})

test('the peak of a half is where all its rings lie: 1 + 1/4 + 1/9 + …', () => {
  const bump = bumpOf(5, true) // rows 0 and 1 above, peak at row 1, column 2
  expect(bump[7] / bump[5]).toBeCloseTo((1 + 1 / 4 + 1 / 9) / (1 / 9), 4)
})

test('not upright, the halves lie beside each other', () => {
  const [upright, flat] = [bumpOf(5, true), bumpOf(5, false)]
  for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) expect(flat[5 * i + j]).toBe(upright[5 * j + i])
})
