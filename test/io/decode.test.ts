import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import type { Sharp } from 'sharp'
import { decodePicture } from '../../src/io/decode.ts'
import { folderOf, mayTestPermissions } from './folder.ts'
import { apart, bmp, image, noise, pixelsOf } from './pictures.ts'

const every = Uint8Array.from({ length: 256 }, (_, i) => i)
const rgb = noise(3 * 16 * 24)
/** A smooth picture, 24 x 16, which lossy formats keep nearly. */
const smooth = Uint8Array.from({ length: 3 * 16 * 24 }, (_, i) => 40 + 5 * (Math.floor(i / 3) % 24) + 30 * (i % 3))

describe('exact', () => {
  test('RGB of PNG, WebP, TIFF and AVIF', async () => {
    const whole = (): Sharp => image(rgb, 24, 16, 3)
    const files = [whole().png(), whole().webp({ lossless: true }), whole().tiff({ compression: 'lzw' })]
    for (const file of files) {
      const picture = await decodePicture(await file.toBuffer(), 3)
      expect(picture).toMatchObject({ width: 24, height: 16, channels: 3 })
      expect(pixelsOf(picture)).toEqual(rgb)
    }
    const avif = await image(smooth, 24, 16, 3).avif({ lossless: true, chromaSubsampling: '4:4:4' }).toBuffer()
    expect(apart(pixelsOf(await decodePicture(avif, 3)), smooth)).toBeLessThanOrEqual(2)
  })

  test('every grey level, to one channel and repeated to three', async () => {
    const grey = await image(every, 256, 1, 1).toColourspace('b-w').png().toBuffer()
    expect((await decodePicture(grey, 1)).levels).toEqual(every)
    expect((await decodePicture(grey, 3)).levels).toEqual(Uint8Array.from({ length: 768 }, (_, i) => i % 256))
  })

  test('every grey level of an RGB picture', async () => {
    const pixels = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3))
    expect((await decodePicture(await image(pixels, 256, 1, 3).png().toBuffer(), 1)).levels).toEqual(every)
  })

  test('an sRGB profile changes nothing', async () => {
    const file = await image(rgb, 24, 16, 3).withIccProfile('srgb').png().toBuffer()
    expect(pixelsOf(await decodePicture(file, 3))).toEqual(rgb)
  })
})

test('grey is 0.299 R + 0.587 G + 0.114 B, rounded', async () => {
  const { levels } = await decodePicture(await image(rgb, 24, 16, 3).png().toBuffer(), 1)
  levels.forEach((level, i) => {
    expect(level).toBe(Math.round(0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]))
  })
})

describe('alpha', () => {
  test('is flattened on white, of RGB and of grey', async () => {
    const rgba = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 128)
    const colour = pixelsOf(await decodePicture(await image(rgba, 3, 1, 4).png().toBuffer(), 3))
    expect([...colour.subarray(0, 6)]).toEqual([10, 20, 30, 255, 255, 255])
    expect(apart(colour.subarray(6), Uint8Array.of(127, 177, 227))).toBeLessThanOrEqual(1)
    const greyAlpha = Uint8Array.from({ length: 1024 }, (_, i) => (i % 2 ? (i < 512 ? 255 : 0) : i >> 1))
    const file = await image(greyAlpha, 256, 2, 2).toColourspace('b-w').png().toBuffer()
    expect((await decodePicture(file, 1)).levels).toEqual(Uint8Array.of(...every, ...Array(256).fill(255)))
  })

  test('of a palette, a GIF', async () => {
    const rgba = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0)
    const file = await image(rgba, 2, 1, 4).gif().toBuffer()
    expect([...pixelsOf(await decodePicture(file, 3))]).toEqual([10, 20, 30, 255, 255, 255])
  })
})

describe('16 bits', () => {
  const sixteen = Uint16Array.from({ length: 256 * 3 }, (_, i) => (i * 8191) % 65536)
  const upper = Uint8Array.from(sixteen, value => value >> 8)

  test('keep their upper 8, grey and RGB', async () => {
    const grey = await image(sixteen.slice(0, 256), 256, 1, 1).toColourspace('grey16').png().toBuffer()
    expect((await decodePicture(grey, 1)).levels).toEqual(upper.slice(0, 256))
    const colour = await image(sixteen, 256, 1, 3).toColourspace('rgb16').png().toBuffer()
    expect(pixelsOf(await decodePicture(colour, 3))).toEqual(upper)
  })

  test('with alpha', async () => {
    const values = Uint16Array.from({ length: 512 }, (_, i) => (i % 2 ? 65535 : (i >> 1) * 257))
    const file = await image(values, 256, 1, 2).toColourspace('grey16').png().toBuffer()
    expect((await decodePicture(file, 1)).levels).toEqual(every)
  })
})

describe('colour', () => {
  test('of a wide profile becomes sRGB', async () => {
    const file = await image(smooth, 24, 16, 3).withIccProfile('p3').png().toBuffer()
    const stored = await image(smooth, 24, 16, 3).withIccProfile('p3').raw().toBuffer()
    expect(apart(stored, smooth)).toBeGreaterThan(5)
    expect(apart(pixelsOf(await decodePicture(file, 3)), smooth)).toBeLessThanOrEqual(2)
  })

  test('of CMYK becomes sRGB', async () => {
    const files = [image(smooth, 24, 16, 3).toColourspace('cmyk').jpeg({ quality: 100, chromaSubsampling: '4:4:4' })]
    files.push(image(smooth, 24, 16, 3).toColourspace('cmyk').tiff({ compression: 'lzw' }))
    for (const file of files)
      expect(apart(pixelsOf(await decodePicture(await file.toBuffer(), 3)), smooth)).toBeLessThan(25)
  })
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is applied', async orientation => {
  const file = await image(rgb, 24, 16, 3).withMetadata({ orientation }).png().toBuffer()
  const { width, height, levels } = await decodePicture(file, 3)
  expect([width, height]).toEqual(orientation < 5 ? [24, 16] : [16, 24])
  // Where the stored pixel (x, y) is shown, https://www.media.mit.edu/pia/Research/deepview/exif.html
  const shown = (x: number, y: number): number[] =>
    [
      [x, y],
      [23 - x, y],
      [23 - x, 15 - y],
      [x, 15 - y],
      [y, x],
      [15 - y, x],
      [15 - y, 23 - x],
      [y, 23 - x],
    ][orientation - 1]
  for (const [x, y] of [
    [0, 0],
    [5, 3],
    [23, 0],
    [2, 15],
  ]) {
    const [atX, atY] = shown(x, y)
    expect(levels[atY * width + atX]).toBe(rgb[3 * (24 * y + x)])
  }
})

test('lossy JPEG and WebP come near; the first frame of a GIF is taken', async () => {
  for (const file of [image(smooth, 24, 16, 3).jpeg({ quality: 95 }), image(smooth, 24, 16, 3).webp({ quality: 95 })])
    expect(apart(pixelsOf(await decodePicture(await file.toBuffer(), 3)), smooth)).toBeLessThan(16)
  const frames = Uint8Array.of(255, 0, 0, 0, 255, 0)
  const raw = { width: 1, height: 2, channels: 3, pageHeight: 1 } as const
  const sharp = (await import('sharp')).default
  const picture = await decodePicture(await sharp(frames, { raw }).gif({ loop: 0 }).toBuffer(), 3)
  expect([picture.width, picture.height, ...picture.levels]).toEqual([1, 1, 255, 0, 0])
})

test('one pixel is a picture', async () => {
  const file = await image(Uint8Array.of(1, 2, 3), 1, 1, 3)
    .png()
    .toBuffer()
  expect([...(await decodePicture(file, 3)).levels]).toEqual([1, 2, 3])
})

describe('errors', () => {
  const message = async (file: string | Uint8Array, name?: string): Promise<string> =>
    decodePicture(file, 3, name).then(
      () => 'no error',
      error => `${error.name} ${error.fault}: ${error.message}`,
    )

  test('a file that is cut short, of any format', async () => {
    const whole = (): Sharp => image(noise(3 * 64 * 64), 64, 64, 3)
    const files = [
      whole().jpeg(),
      whole().jpeg({ progressive: true }),
      whole().png(),
      whole().webp(),
      whole().gif(),
      whole().tiff({ compression: 'none' }),
      whole().avif(),
    ]
    for (const file of files) {
      const bytes = await file.toBuffer()
      for (const share of [0.05, 0.5, 0.9, 0.98])
        expect(await message(bytes.subarray(0, Math.floor(share * bytes.length)))).toMatch(
          /^AdvxError picture: Expected a picture \(PNG.*\) in 'the picture' but the \w+ data are damaged, cut short/,
        )
    }
  })

  test('text, an empty file and other formats, whatever their name', async () => {
    const folder = await folderOf({
      'text.png': 'hello',
      'empty.jpg': '',
      'a.png': '<svg width="9" height="9"/>',
      'b.bmp': 'BM',
    })
    expect(await message(join(folder, 'text.png'))).toMatch(
      /^AdvxError picture: .*text\.png' but the file is of another format/,
    )
    expect(await message(join(folder, 'empty.jpg'))).toMatch(
      /empty\.jpg' but the file is empty\. Replace it or leave it out\.$/,
    )
    expect(await message(join(folder, 'a.png'))).toMatch(/of another format/)
    expect(await message(join(folder, 'b.bmp'))).toMatch(/ends inside its header/)
  })

  test('a path that is not there, a folder, a link that leads nowhere', async () => {
    const folder = await folderOf()
    await mkdir(join(folder, 'folder.png'))
    await symlink(join(folder, 'x'), join(folder, 'link.png'))
    expect(await message(join(folder, 'none.png'))).toMatch(/none\.png' but there is no such file/)
    expect(await message(join(folder, 'link.png'))).toMatch(/there is no such file/)
    expect(await message(join(folder, 'folder.png'), 'short name')).toMatch(/in 'short name' but it is not a file/)
  })

  test('a file that may not be read', async () => {
    if (!mayTestPermissions()) return
    const path = join(await folderOf({ 'a.png': 'x' }), 'a.png')
    await chmod(path, 0)
    expect(await message(path)).toMatch(/this user may not read it/)
  })

  test('more pixels than the limit, by the header alone', async () => {
    const limit = /it is 20000 x 20000, 400 million pixels, and the limit is 269 million pixels\. Make it smaller/
    const jpeg = await image(rgb, 24, 16, 3).jpeg().toBuffer()
    const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0)
    for (const at of [frame + 5, frame + 7]) jpeg.writeUInt16BE(20000, at)
    expect(await message(jpeg)).toMatch(limit)

    const png = await image(rgb, 24, 16, 3).png().toBuffer()
    for (const at of [16, 20]) png.writeUInt32BE(20000, at)
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
    expect(await message(png)).toMatch(limit)

    const bitmap = Buffer.from(bmp({ bits: 24, values: [[0]] }))
    for (const at of [18, 22]) bitmap.writeInt32LE(20000, at)
    expect(await message(bitmap)).toMatch(limit)

    const gif = await image(rgb, 24, 16, 3).gif().toBuffer()
    const descriptor = gif.indexOf(0x2c, 13 + 3 * 2 ** ((gif[10] & 7) + 1))
    for (const at of [6, 8, descriptor + 5, descriptor + 7]) gif.writeUInt16LE(20000, at)
    expect(await message(gif)).toMatch(limit)
  })

  test('bytes that only begin like a picture', async () => {
    const folder = await folderOf()
    for (const start of [
      '\x89PNG\r\n\x1a\n',
      '\xff\xd8\xff',
      'RIFF\0\0\0\0WEBP',
      'GIF89a',
      'II*\0',
      '\0\0\0\x20ftypavif',
    ]) {
      const path = join(folder, 'x')
      await writeFile(path, Buffer.concat([Buffer.from(start, 'latin1'), noise(500)]))
      expect(await message(path)).toMatch(/^AdvxError picture: .*are damaged, cut short|the limit is/)
    }
  })
})
