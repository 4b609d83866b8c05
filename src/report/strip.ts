import type { Picture } from '../io/picture.ts'
import { loadSharp } from '../io/sharp.ts'

/** What the report shows of one picture, in one image: alone, or beside it the perturbed one and their difference. */
export interface Strip {
  /** WebP. */
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
  /** By how much the difference is magnified; null where there is none. */
  readonly factor: number | null
}

/** Pictures up to so many pixels a side are shown without loss, each pixel a square. */
export const LOSSLESS = 64

const GREY = 128

/** @param longest pixels that the longer side of one picture is scaled down to */
export async function strip(clean: Picture, adversarial: Picture | null, longest: number): Promise<Strip> {
  const factor = adversarial && magnification(clean, adversarial)
  const shown = adversarial ? [clean, adversarial, difference(clean, adversarial, factor!)] : [clean]
  const { width, height, channels } = clean
  const scale = Math.min(1, longest / Math.max(width, height))
  const size = {
    width: Math.max(1, Math.round(scale * width)) * shown.length,
    height: Math.max(1, Math.round(scale * height)),
  }
  const sharp = loadSharp()
  const raw = { width: width * shown.length, height, channels }
  const image = sharp(sideBySide(shown), { raw })
  const scaled = scale < 1 ? image.resize({ ...size, fit: 'fill' }) : image
  const small = Math.max(width, height) <= LOSSLESS
  const bytes = await scaled
    .webp(small ? { lossless: true, effort: 0 } : { quality: 80, smartSubsample: true, effort: 2 })
    .toBuffer()
  return { bytes, ...size, factor }
}

/** The largest whole factor that keeps every difference within what 8 bits show on both sides of grey. */
export function magnification(clean: Picture, adversarial: Picture): number {
  let most = 1
  for (let i = 0; i < clean.levels.length; i++) most = Math.max(most, Math.abs(adversarial.levels[i] - clean.levels[i]))
  return Math.max(1, Math.floor((GREY - 1) / most))
}

/** Grey where nothing changed, lighter where the perturbed picture is, in each channel. */
export function difference(clean: Picture, adversarial: Picture, factor: number): Picture {
  const levels = new Uint8ClampedArray(clean.levels.length)
  for (let i = 0; i < levels.length; i++) levels[i] = GREY + factor * (adversarial.levels[i] - clean.levels[i])
  return { ...clean, levels: new Uint8Array(levels.buffer) }
}

/** Interleaved pixels of pictures of one size, from left to right. */
function sideBySide(pictures: readonly Picture[]): Uint8Array {
  const [{ width, height, channels }] = pictures
  const pixels = new Uint8Array(pictures.length * width * height * channels)
  let at = 0
  for (let y = 0; y < height; y++)
    for (const { levels } of pictures)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < channels; c++) pixels[at++] = levels[(c * height + y) * width + x]
  return pixels
}
