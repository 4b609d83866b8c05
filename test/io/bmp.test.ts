import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { bmpSize, decodeBmp } from '../../src/io/bmp.ts'
import { decodePicture } from '../../src/io/decode.ts'
import { bmp, noise, pixelsOf } from './pictures.ts'

type Colour = readonly [red: number, green: number, blue: number]

const colours = (count: number): Colour[] => {
  const levels = noise(3 * count)
  return Array.from({ length: count }, (_, i) => [levels[3 * i], levels[3 * i + 1], levels[3 * i + 2]])
}
/** A 5 x 3 grid of numbers below a limit; 5 columns leave padding at every depth. */
const grid = (limit: number): number[][] => {
  const values = noise(60, 2)
  return [0, 1, 2].map(y =>
    [0, 1, 2, 3, 4].map(x => (values[4 * (5 * y + x)] * 2 ** 24 + values[4 * (5 * y + x) + 1] * 65793) % limit),
  )
}
const decoded = async (bytes: Uint8Array): Promise<number[]> => [...pixelsOf(await decodePicture(bytes, 3))]
const at = (value: number, shift: number, bits: number): number => Math.floor(value / 2 ** shift) % 2 ** bits

describe.each([false, true])('rows from above: %s', topDown => {
  test.each([1, 4, 8] as const)('%i bits with a palette', async bits => {
    const [palette, values] = [colours(2 ** bits), grid(2 ** bits)]
    expect(await decoded(bmp({ bits, palette, values, topDown }))).toEqual(values.flat().flatMap(v => palette[v]))
  })

  test.each([24, 32] as const)('%i bits; the fourth byte is no alpha', async bits => {
    const values = grid(2 ** 24)
    const wanted = values.flat().flatMap(v => [at(v, 16, 8), at(v, 8, 8), at(v, 0, 8)])
    expect(await decoded(bmp({ bits, values, topDown }))).toEqual(wanted)
  })

  test.each([
    [
      '5-5-5',
      [],
      [
        [10, 5],
        [5, 5],
        [0, 5],
      ],
    ],
    [
      '5-6-5',
      [0xf800, 0x07e0, 0x001f],
      [
        [11, 5],
        [5, 6],
        [0, 5],
      ],
    ],
  ])('16 bits, %s, spread over all levels', async (_, masks, fields) => {
    const values = [...grid(2 ** 15).slice(1), [0, 0x7fff, 0xffff, 0x7c00, 1]]
    const wanted = values
      .flat()
      .flatMap(v => fields.map(([shift, bits]) => Math.round((at(v, shift, bits) * 255) / (2 ** bits - 1))))
    expect(await decoded(bmp({ bits: 16, masks, values, topDown }))).toEqual(wanted)
  })

  test('32 bits with masks in another order', async () => {
    const values = grid(2 ** 32)
    const wanted = values.flat().flatMap(v => [at(v, 8, 8), at(v, 24, 8), at(v, 16, 8)])
    expect(await decoded(bmp({ bits: 32, masks: [0xff00, 0xff000000, 0xff0000], values, topDown }))).toEqual(wanted)
  })
})

test('run lengths of 8 and 4 bits, encoded and absolute', async () => {
  const palette = colours(16)
  const values = [
    [1, 2, 3, 4, 5],
    [6, 6, 6, 6, 6],
  ]
  const wanted = values.flat().flatMap(v => palette[v])
  const eight = [5, 6, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 1]
  const four = [5, 0x66, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 0, 1]
  expect(await decoded(bmp({ bits: 8, palette, values, runs: eight }))).toEqual(wanted)
  expect(await decoded(bmp({ bits: 4, palette, values, runs: four }))).toEqual(wanted)
})

test('a file that is cut short anywhere is refused, run lengths too', async () => {
  const palette = colours(16)
  const whole = [
    bmp({ bits: 24, values: grid(2 ** 24) }),
    bmp({
      bits: 8,
      palette,
      values: [
        [1, 1],
        [2, 2],
      ],
      runs: [2, 2, 0, 0, 2, 1, 0, 1],
    }),
  ]
  for (const bytes of whole) {
    await decodePicture(bytes, 3)
    // The last row's padding holds no pixel.
    for (let length = 2; length < bytes.length - 1; length += 3)
      await expect(decodePicture(bytes.subarray(0, length), 3)).rejects.toMatchObject({
        name: 'AdvxError',
        fault: 'picture',
      })
  }
})

test('sizes come from the header, whatever follows', () => {
  const bytes = Buffer.from(bmp({ bits: 24, values: grid(9), topDown: true }))
  expect(bmpSize(bytes)).toEqual({ width: 5, height: 3 })
  expect(bmpSize(bytes.subarray(0, 25))).toBeNull()
  bytes.writeUInt32LE(12, 14)
  bytes.writeUInt32LE(0x0007_0009, 18)
  expect(bmpSize(bytes)).toEqual({ width: 9, height: 7 })
})

test('2,000 damaged files: pixels or an error, and the decoder is right afterwards', async () => {
  const values = grid(2 ** 24)
  const good = bmp({ bits: 24, values })
  const random = noise(12_000, 3)
  for (let i = 0; i < 2000; i++) {
    const bytes = Uint8Array.from(good)
    for (const k of [0, 2, 4]) bytes[10 + (random[6 * i + k] % 45)] = random[6 * i + k + 1]
    const size = bmpSize(bytes)!
    if (size.width * size.height < 1e6)
      await decodeBmp(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(Error))
  }
  expect(await decoded(good)).toEqual(values.flat().flatMap(v => [at(v, 16, 8), at(v, 8, 8), at(v, 0, 8)]))
})

test('photographs that other programs wrote', async () => {
  const folder = new URL('../../../shared/data/images/coral/', import.meta.url)
  if (!existsSync(folder)) {
    console.log('Skipped: no photographs here.')
    return
  }
  for (const name of (await readdir(folder)).filter(name => name.endsWith('.bmp'))) {
    const bytes = await readFile(new URL(name, folder))
    const { width, height, levels } = await decodePicture(bytes, 3, name)
    const [offset, stride] = [bytes.readUInt32LE(10), Math.ceil((3 * width) / 4) * 4]
    expect([bytes.readUInt16LE(28), bytes.readInt32LE(22)]).toEqual([24, height])
    for (const [x, y] of [
      [0, 0],
      [width - 1, 0],
      [0, height - 1],
      [100, 200],
    ])
      for (const c of [0, 1, 2])
        expect(levels[(c * height + y) * width + x]).toBe(bytes[offset + (height - 1 - y) * stride + 3 * x + 2 - c])
  }
})
