import { open, stat } from 'node:fs/promises'
import type { Sharp } from 'sharp'
import { AdvxError } from '../errors.ts'
import { bmpSize, decodeBmp } from './bmp.ts'
import { FORMATS, pictureFormat } from './format.ts'
import { type Picture, planes } from './picture.ts'
import { loadSharp } from './sharp.ts'

/** Pictures with more pixels are refused before they are decoded; sharp's own default, 16383 x 16383. */
export const PIXEL_LIMIT = 0x3fff ** 2

/**
 * A picture from a file or from its bytes, as 8-bit sRGB: the first frame, turned as EXIF says, on white where it is
 * transparent, ICC profiles and CMYK converted, the upper 8 bits of 16. Grey is ITU-R BT.601 luma; grey to three
 * channels repeats. An 8-bit picture without a profile keeps exactly its levels.
 * @param name what messages call the picture
 * @throws AdvxError 'picture' when it cannot be read, is damaged, cut short, too large or of another format
 */
export async function decodePicture(
  file: string | Uint8Array,
  channels: 1 | 3,
  name: string = typeof file === 'string' ? file : 'the picture',
): Promise<Picture> {
  const bytes = typeof file === 'string' ? await readPictureFile(file, name) : file
  const format = formatOf(bytes, name)
  const bySharp = format !== 'BMP'
  try {
    const image = bySharp ? await openBySharp(bytes) : await openBmp(bytes, name)
    const { data, info } = await image
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return planes(data, info.width, info.height, channels)
  } catch (cause) {
    if (cause instanceof AdvxError) throw cause
    if (bySharp) await refuseTooLargeBySharp(bytes, name)
    const [reason] = String(cause instanceof Error ? cause.message : cause).split('\n')
    throw unfit(name, `the ${format} data are damaged, cut short or of a kind that is not read (${reason})`, cause)
  }
}

/**
 * The bytes of a picture file; of a file of another format only the first few are read.
 * @throws AdvxError 'picture'
 */
export async function readPictureFile(path: string, name: string = path): Promise<Uint8Array> {
  try {
    // Asked before opening: opening a named pipe would wait for a writer.
    if (!(await stat(path)).isFile()) throw unfit(name, 'it is not a file')
    const handle = await open(path)
    try {
      const head = new Uint8Array(32)
      const { bytesRead } = await handle.read(head, 0, head.length, 0)
      formatOf(head.subarray(0, bytesRead), name)
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (cause instanceof AdvxError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw unfit(name, UNREADABLE[code ?? ''] ?? `it cannot be read (${code ?? cause})`, cause)
  }
}

const UNREADABLE: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ERR_FS_FILE_TOO_LARGE: 'the file is larger than 2 GiB',
}

function formatOf(bytes: Uint8Array, name: string): string {
  if (bytes.length === 0) throw unfit(name, 'the file is empty')
  const format = pictureFormat(bytes)
  if (!format) throw unfit(name, 'the file is of another format, whatever its name says')
  return format
}

async function openBySharp(bytes: Uint8Array): Promise<Sharp> {
  const sharp = loadSharp()
  return sharp(bytes, { autoOrient: true, failOn: 'error', limitInputPixels: PIXEL_LIMIT })
}

/** Asked after sharp refused a picture: whether that was for its size. */
async function refuseTooLargeBySharp(bytes: Uint8Array, name: string): Promise<void> {
  const sharp = loadSharp()
  const size = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => null)
  if (size) refuseTooLarge(size.width, size.height, name)
}

async function openBmp(bytes: Uint8Array, name: string): Promise<Sharp> {
  const size = bmpSize(bytes)
  if (!size) throw unfit(name, 'the file ends inside its header')
  refuseTooLarge(size.width, size.height, name)
  const sharp = loadSharp()
  return sharp(await decodeBmp(bytes), { raw: { ...size, channels: 4 }, limitInputPixels: PIXEL_LIMIT })
}

function refuseTooLarge(width: number, height: number, name: string): void {
  if (width * height <= PIXEL_LIMIT) return
  const [pixels, limit] = [width * height, PIXEL_LIMIT].map(n => `${Math.ceil(n / 1e6)} million pixels`)
  throw unfit(name, `it is ${width} x ${height}, ${pixels}, and the limit is ${limit}`, undefined, 'Make it smaller')
}

function unfit(name: string, reason: string, cause?: unknown, remedy = 'Replace it'): AdvxError {
  const message = `Expected a picture (${FORMATS}) in '${name}' but ${reason}. ${remedy} or leave it out.`
  return new AdvxError('picture', message, { cause })
}
