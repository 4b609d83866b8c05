import { interleave, type Picture } from './picture.ts'
import { loadSharp } from './sharp.ts'

/**
 * A picture as the bytes of a PNG file: 8-bit, lossless, grey for one channel and RGB for three, no alpha, no palette,
 * no metadata; the same picture gives the same bytes. Level 2 with filters: on perturbed photographs no other pair is
 * both faster and smaller.
 */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  const sharp = loadSharp()
  const { width, height, channels } = picture
  return await sharp(interleave(picture), { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png({ compressionLevel: 2, adaptiveFiltering: true, palette: false })
    .toBuffer()
}
