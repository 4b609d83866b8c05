import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { type Resample, resamplePlane } from '../../src/io/resample.ts'

const plane = Uint8Array.from({ length: 37 * 53 }, (_, i) => (i * i * 31 + i * 17) % 256)
const small = Uint8Array.of(0, 255, 10, 200, 90, 30, 255, 0, 1, 2, 3, 4)

// Figures of Pillow 12.0.0: Image.fromarray(plane.reshape(37, 53)).resize((width, height), filter), by sha256.
test.each<[number, number, Resample, string]>([
  [37, 20, 'nearest', '3cb4fee6c5d5e2a8'],
  [37, 20, 'bilinear', 'bcfac64d582ebc95'],
  [37, 20, 'bicubic', '1576e892ffdd9c7e'],
  [37, 20, 'lanczos', '06643ddb1028cb60'],
  [11, 53, 'nearest', '1d087e11fff0343e'],
  [11, 53, 'bilinear', '228ed50e28589ac6'],
  [11, 53, 'bicubic', 'e19e415b7b7ec6de'],
  [11, 53, 'lanczos', '20bff63646f77b05'],
  [16, 16, 'nearest', '633329f190ba65af'],
  [16, 16, 'bilinear', '774e0943392a4799'],
  [16, 16, 'bicubic', '363f6af9d1fdc39b'],
  [16, 16, 'lanczos', '1cc9fcf3072bc728'],
  [64, 48, 'nearest', '4a4a6dd095c8f811'],
  [64, 48, 'bilinear', '8ce61f5e0428f70c'],
  [64, 48, 'bicubic', '88d4d40172e9a641'],
  [64, 48, 'lanczos', '0c93326f2cde97e4'],
  [100, 200, 'nearest', '2e624e5ae900f64c'],
  [100, 200, 'bilinear', 'd2cb7dffbc178143'],
  [100, 200, 'bicubic', 'bd01de45a2345cdb'],
  [100, 200, 'lanczos', '036c714055eb47e0'],
  [1, 1, 'nearest', 'aaa8e61e7faf37dd'],
  [1, 1, 'bilinear', '620bfdaa346b088f'],
  [1, 1, 'bicubic', '620bfdaa346b088f'],
  [1, 1, 'lanczos', '620bfdaa346b088f'],
])("37 x 53 to %i x %i, %s: every level is Pillow's", (height, width, resample, sha256) => {
  const resized = resamplePlane(plane, [37, 53], [height, width], resample)
  expect(createHash('sha256').update(resized).digest('hex').slice(0, 16)).toBe(sha256)
})

test.each<[Resample, number[], number[]]>([
  ['nearest', [0, 10, 200, 1, 3, 4], [0, 255, 10, 10, 200, 90, 30, 255, 255, 0, 90, 30, 255, 255, 0, 1, 2, 3, 3, 4]],
  [
    'bilinear',
    [75, 137, 118, 28, 56, 31],
    [0, 179, 133, 67, 200, 56, 97, 139, 137, 75, 57, 31, 91, 113, 2, 1, 2, 3, 3, 4],
  ],
  [
    'bicubic',
    [74, 146, 120, 22, 55, 27],
    [0, 210, 136, 38, 219, 65, 96, 159, 156, 77, 65, 8, 100, 137, 0, 0, 0, 0, 0, 4],
  ],
  [
    'lanczos',
    [79, 154, 118, 15, 57, 29],
    [0, 219, 136, 21, 231, 71, 98, 182, 160, 89, 71, 0, 105, 141, 0, 0, 5, 0, 0, 9],
  ],
])('%s: smaller and larger, clipped to levels', (resample, smaller, larger) => {
  expect([...resamplePlane(small, [3, 4], [2, 3], resample)]).toEqual(smaller)
  expect([...resamplePlane(small, [3, 4], [4, 5], resample)]).toEqual(larger)
})

test.each<Resample>(['nearest', 'bilinear', 'bicubic', 'lanczos'])('%s of one pixel is that level', resample => {
  expect([...resamplePlane(Uint8Array.of(7), [1, 1], [2, 3], resample)]).toEqual([7, 7, 7, 7, 7, 7])
})
