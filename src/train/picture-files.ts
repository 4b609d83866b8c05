import { turnstile } from '../engine/turnstile.ts'
import { AdvxError } from '../errors.ts'
import { decodePicture } from '../io/decode.ts'
import { fitPicture } from '../io/fit.ts'
import type { Picture } from '../io/picture.ts'
import type { Wanted } from './data.ts'
import type { Pictures } from './pictures.ts'

export interface Labelled {
  readonly path: string
  readonly name: string
  /** Index of its class. */
  readonly label: number
}

/** Pictures decoded at a time. */
const DECODING = 4

/** Reads picture files into memory, all in one size. Throws an AdvxError that names the one that has another. */
export async function readFiles(
  files: readonly Labelled[],
  classes: readonly string[],
  wanted: Wanted,
): Promise<Pictures> {
  const { size } = wanted
  const fitted = turnstile(DECODING, async ({ path, name }: Labelled): Promise<Picture> => {
    const picture = await decodePicture(path, wanted.channels ?? 3, name)
    if (!size) return picture
    return fitPicture(picture, { ...size, resize: { kind: 'exact', ...size }, crop: null, resample: 'bilinear' })
  })
  const pictures = await Promise.all(files.map(fitted))
  const [{ height, width }] = pictures
  const other = pictures.findIndex(p => p.height !== height || p.width !== width)
  if (other >= 0) {
    const [got, most] = [pictures[other], pictures[0]].map(p => `${p.width} x ${p.height}`)
    throw new AdvxError(
      'picture',
      `'${files[other].name}' is ${got}, '${files[0].name}' is ${most}: a network takes one size. Give --size ${most.replaceAll(' ', '')}, and all are resized to it, or leave it out.`,
    )
  }
  const grey = wanted.channels === null && pictures.every(isGrey)
  const channels = wanted.channels ?? (grey ? 1 : 3)
  const area = channels * height * width
  const levels = new Uint8Array(files.length * area)
  for (const [i, picture] of pictures.entries()) levels.set(picture.levels.subarray(0, area), i * area)
  return { size: { channels, height, width }, classes, levels, labels: Uint16Array.from(files, f => f.label) }
}

function isGrey({ levels, height, width }: Picture): boolean {
  const plane = height * width
  for (let i = 0; i < plane; i++)
    if (levels[i] !== levels[plane + i] || levels[i] !== levels[2 * plane + i]) return false
  return true
}
