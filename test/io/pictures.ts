import sharp, { type Sharp } from 'sharp'
import type { Picture } from '../../src/io/picture.ts'

/** Levels that repeat for nobody: the same for one seed. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state >>> 24
  })
}

/** sharp over interleaved pixels, ready to be written in any format. */
export const image = (
  pixels: Uint8Array | Uint16Array,
  width: number,
  height: number,
  channels: 1 | 2 | 3 | 4,
): Sharp => sharp(pixels, { raw: { width, height, channels } })

/** Interleaved pixels [H, W, C] of a picture. */
export function pixelsOf({ width, height, channels, levels }: Picture): Uint8Array {
  const size = width * height
  return Uint8Array.from(
    { length: size * channels },
    (_, i) => levels[(i % channels) * size + Math.floor(i / channels)],
  )
}

/** The largest difference between two lists of levels. */
export const apart = (a: Uint8Array, b: Uint8Array): number =>
  a.length === b.length ? a.reduce((most, level, i) => Math.max(most, Math.abs(level - b[i])), 0) : Number.NaN

/** What a BMP file is made of; rows and columns of pixel values, the first row on top. */
interface Bmp {
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32
  readonly values: readonly (readonly number[])[]
  readonly palette?: readonly (readonly [red: number, green: number, blue: number])[]
  readonly masks?: readonly number[]
  readonly topDown?: boolean
  /** Run-length data in place of the values. */
  readonly runs?: readonly number[]
}

/** A Windows bitmap, https://learn.microsoft.com/en-us/windows/win32/api/wingdi/ns-wingdi-bitmapinfoheader */
export function bmp({ bits, values, palette = [], masks = [], topDown = false, runs }: Bmp): Uint8Array {
  const [height, width] = [values.length, values[0].length]
  const rows = topDown ? values : [...values].reverse()
  const data = runs ?? rows.flatMap(row => packed(row, bits))
  const offset = 54 + 4 * (masks.length + palette.length)
  const bytes = Buffer.alloc(offset + data.length)
  bytes.write('BM')
  for (const [at, value] of [
    [2, bytes.length],
    [10, offset],
    [14, 40],
    [34, data.length],
    [46, palette.length],
  ])
    bytes.writeUInt32LE(value, at)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(topDown ? -height : height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(bits, 28)
  bytes.writeUInt32LE(runs ? (bits === 8 ? 1 : 2) : masks.length > 0 ? 3 : 0, 30)
  masks.forEach((mask, i) => {
    bytes.writeUInt32LE(mask, 54 + 4 * i)
  })
  palette.forEach(([r, g, b], i) => {
    bytes.set([b, g, r, 0], 54 + 4 * (masks.length + i))
  })
  bytes.set(data, offset)
  return bytes
}

/** One row, lowest byte first, filled to four bytes. */
function packed(row: readonly number[], bits: number): number[] {
  const bytes: number[] = []
  if (bits < 8)
    for (let x = 0; x < row.length; x += 8 / bits)
      bytes.push(Array.from({ length: 8 / bits }, (_, k) => row[x + k] ?? 0).reduce((byte, v) => (byte << bits) | v, 0))
  else for (const value of row) for (let b = 0; b < bits; b += 8) bytes.push(Math.floor(value / 2 ** b) % 256)
  while (bytes.length % 4 !== 0) bytes.push(0)
  return bytes
}
