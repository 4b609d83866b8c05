import { expect, test } from '@jest/globals'
import { placesIn, windowAnywhere } from '../src/windows.ts'

const drawing = (u: number, v: number) => () => Float32Array.of(u, v)

test('a window lies inside the picture, from its first corner to its last', () => {
  expect(windowAnywhere(3, 8, 6, drawing(0, 0))).toEqual({ top: 0, left: 0, side: 3 })
  expect(windowAnywhere(3, 8, 6, drawing(0.999, 0.999))).toEqual({ top: 5, left: 3, side: 3 })
  expect(windowAnywhere(9, 8, 6, drawing(0.999, 0.999))).toEqual({ top: 2, left: 0, side: 6 })
})

test('its places, row by row, in each channel', () => {
  const window = { top: 1, left: 2, side: 2 }
  expect(placesIn(window, 0, 4, 5)).toEqual([7, 8, 12, 13])
  expect(placesIn(window, 2, 4, 5)).toEqual([47, 48, 52, 53])
})
