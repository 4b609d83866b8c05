import { describe, expect, test } from '@jest/globals'
import { fitPicture, type Geometry } from '../../src/io/fit.ts'
import type { Picture } from '../../src/io/picture.ts'
import { resamplePlane } from '../../src/io/resample.ts'
import { noise } from './pictures.ts'

const picture = (height: number, width: number, channels: 1 | 3 = 3): Picture => ({
  height,
  width,
  channels,
  levels: noise(channels * height * width),
})
/** Each level tells its row and column. */
const grid = (height: number, width: number): Picture => ({
  height,
  width,
  channels: 1,
  levels: Uint8Array.from({ length: height * width }, (_, i) => 10 * (1 + Math.floor(i / width)) + (1 + (i % width))),
})
const geometry = (height: number, width: number, rest: Partial<Geometry> = {}): Geometry => ({
  height,
  width,
  resize: null,
  crop: null,
  resample: 'bilinear',
  ...rest,
})

test('a picture of the right size is the same one, whatever the steps', () => {
  const right = picture(6, 6)
  const steps = { resize: { kind: 'shortest', edge: 8 }, crop: { height: 6, width: 6 } } as const
  expect(fitPicture(right, geometry(6, 6, steps))).toBe(right)
})

test('exact: every plane by itself', () => {
  const from = picture(5, 7)
  const to = fitPicture(from, geometry(3, 4, { resize: { kind: 'exact', height: 3, width: 4 } }))
  expect(to).toMatchObject({ height: 3, width: 4, channels: 3 })
  for (const c of [0, 1, 2]) {
    const plane = resamplePlane(from.levels.subarray(c * 35, (c + 1) * 35), [5, 7], [3, 4], 'bilinear')
    expect(to.levels.subarray(c * 12, (c + 1) * 12)).toEqual(plane)
  }
})

test.each([
  [10, 15, 8, 12],
  [15, 10, 12, 8],
  [10, 33, 8, 26],
  [9, 9, 8, 8],
])(
  'shortest: %i x %i with edge 8 becomes %i x %i, the longer edge rounded down',
  (height, width, toHeight, toWidth) => {
    const to = fitPicture(
      picture(height, width),
      geometry(toHeight, toWidth, { resize: { kind: 'shortest', edge: 8 } }),
    )
    expect([to.height, to.width]).toEqual([toHeight, toWidth])
  },
)

describe('centre crop', () => {
  const crop = (from: Picture, height: number, width: number): number[] => [
    ...fitPicture(from, geometry(height, width, { crop: { height, width } })).levels,
  ]

  test('leaves out (H - h) // 2 rows on top and (W - w) // 2 columns on the left', () => {
    expect(crop(grid(4, 5), 2, 2)).toEqual([22, 23, 32, 33])
    expect(crop(grid(5, 3), 2, 3)).toEqual([21, 22, 23, 31, 32, 33])
  })

  test('fills with black what the picture does not reach', () => {
    expect(crop(grid(1, 2), 3, 3)).toEqual([0, 0, 0, 0, 11, 12, 0, 0, 0])
    expect(crop(grid(4, 1), 2, 2)).toEqual([0, 21, 0, 31])
  })
})

test('one pixel is enlarged', () => {
  const steps = { resize: { kind: 'shortest', edge: 4 }, crop: { height: 3, width: 3 } } as const
  const to = fitPicture({ height: 1, width: 1, channels: 3, levels: Uint8Array.of(1, 2, 3) }, geometry(3, 3, steps))
  expect([...to.levels]).toEqual([1, 2, 3].flatMap(level => Array(9).fill(level)))
})

test('a size that the steps do not lead to, and too narrow a picture, are faults of the picture', () => {
  expect(() => fitPicture(picture(5, 5), geometry(4, 4))).toThrow(/Expected a picture of 4 x 4 but got 5 x 5/)
  const steps = { resize: { kind: 'shortest', edge: 256 }, crop: { height: 224, width: 224 } } as const
  expect(() => fitPicture(picture(1, 60000, 1), geometry(224, 224, steps))).toThrow(/60000 x 1 becomes 15360000 x 256/)
})
