import { describe, expect, test } from '@jest/globals'
import type { Picture } from '../../src/io/picture.ts'
import { loadSharp } from '../../src/io/sharp.ts'
import { difference, magnification, strip } from '../../src/report/strip.ts'

const picture = (width: number, height: number, channels: 1 | 3, level: (i: number) => number): Picture => ({
  width,
  height,
  channels,
  levels: Uint8Array.from({ length: channels * width * height }, (_, i) => level(i)),
})
const grey = picture(4, 2, 1, i => 10 * i)

describe('the difference', () => {
  test.each([
    [1, 127],
    [8, 15],
    [127, 1],
    [255, 1],
    [0, 127],
  ])('of at most %p levels is magnified by %p', (most, factor) => {
    const moved = { ...grey, levels: grey.levels.map((v, i) => (i === 0 ? v + most : v)) }
    expect(magnification(grey, moved)).toBe(factor)
  })

  test('is grey where nothing changed, lighter where the picture became lighter, and never wraps', () => {
    const moved = { ...grey, levels: Uint8Array.from([8, 2, 20, 40, 40, 50, 255, 70]) }
    expect([...difference(grey, moved, 3).levels]).toEqual([152, 104, 128, 158, 128, 128, 255, 128])
    expect([...difference({ ...grey, levels: moved.levels }, { ...grey, levels: grey.levels }, 3).levels]).toEqual([
      104, 152, 128, 98, 128, 128, 0, 128,
    ])
  })
})

describe('a strip', () => {
  test('holds clean, perturbed and difference side by side, a small picture without loss', async () => {
    const clean = picture(5, 3, 3, i => (i * 7) % 250)
    const moved = { ...clean, levels: clean.levels.map(v => v + 2) }
    const made = await strip(clean, moved, 224)
    expect(made).toMatchObject({ width: 15, height: 3, factor: 63 })
    const { data, info } = await loadSharp()(made.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([15, 3, 3])
    const at = (x: number, y: number, c: number): number => data[3 * (15 * y + x) + c]
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 5; x++)
        for (let c = 0; c < 3; c++) {
          const v = clean.levels[15 * c + 5 * y + x]
          expect([at(x, y, c), at(5 + x, y, c), at(10 + x, y, c)]).toEqual([v, v + 2, 128 + 63 * 2])
        }
  })

  test('of one picture has no difference', async () => {
    expect(await strip(grey, null, 224)).toMatchObject({ width: 4, height: 2, factor: null })
  })

  test('is scaled down to the longest side, each picture alike, and stays small for the worst of pictures', async () => {
    let state = 1
    const noise = (): number => (state = (state * 48271) % 2147483647) & 255
    const [clean, moved] = [picture(640, 320, 3, noise), picture(640, 320, 3, noise)]
    const made = await strip(clean, moved, 144)
    expect(made).toMatchObject({ width: 432, height: 72, factor: 1 })
    expect(made.bytes.length).toBeLessThan(60_000)
  })
})
