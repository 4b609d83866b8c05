import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { decodePicture } from '../../src/io/decode.ts'
import { encodePng } from '../../src/io/png.ts'
import { writeFileAtomic } from '../../src/io/write-file.ts'
import { folderOf } from './folder.ts'
import { noise } from './pictures.ts'

describe.each([1, 3] as const)('%i channels', channels => {
  const picture = { width: 19, height: 23, channels, levels: noise(channels * 19 * 23) }

  test('stay as many in the file: 8-bit, no alpha, palette, profile, text or date', async () => {
    const bytes = await encodePng(picture)
    const meta = await sharp(bytes).metadata()
    expect(meta).toMatchObject({
      format: 'png',
      channels,
      depth: 'uchar',
      hasAlpha: false,
      hasProfile: false,
      isPalette: false,
    })
    expect(chunks(bytes)).toEqual(['IHDR', 'pHYs', 'IDAT', 'IEND'])
  })

  test('come back from disk as the same levels, and the same picture gives the same bytes', async () => {
    const path = join(await folderOf(), 'deep', 'x.png')
    await writeFileAtomic(path, await encodePng(picture))
    expect(await decodePicture(path, channels)).toEqual(picture)
    expect(await encodePng(picture)).toEqual(await encodePng({ ...picture, levels: picture.levels.slice() }))
  })
})

test('a flat picture is not turned into a palette, nor a grey one of three channels into one', async () => {
  const levels = new Uint8Array(3 * 16).fill(128)
  const bytes = await encodePng({ width: 4, height: 4, channels: 3, levels })
  expect(await sharp(bytes).metadata()).toMatchObject({ channels: 3, isPalette: false })
})

/** The names of a PNG file's chunks, each once. */
function chunks(bytes: Uint8Array): string[] {
  const view = Buffer.from(bytes)
  const names = new Set<string>()
  for (let at = 8; at < view.length; at += 12 + view.readUInt32BE(at))
    names.add(view.toString('latin1', at + 4, at + 8))
  return [...names]
}
