/** A picture as a model sees it: 8-bit sRGB levels, planar [C, H, W]; one channel is grey, three are red, green, blue. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly levels: Uint8Array
}

/** The planes of interleaved pixels [H, W, 3]: all three, or their luma. */
export function planes(pixels: Uint8Array, width: number, height: number, channels: 1 | 3): Picture {
  const size = width * height
  const levels = new Uint8Array(channels * size)
  for (let i = 0, p = 0; i < size; i++, p += 3) {
    if (channels === 1) levels[i] = luma(pixels[p], pixels[p + 1], pixels[p + 2])
    else {
      levels[i] = pixels[p]
      levels[size + i] = pixels[p + 1]
      levels[2 * size + i] = pixels[p + 2]
    }
  }
  return { width, height, channels, levels }
}

/** The inverse of `planes`: [C, H, W] to [H, W, C]. */
export function interleave({ width, height, channels, levels }: Picture): Uint8Array {
  if (channels === 1) return levels
  const size = width * height
  const pixels = new Uint8Array(3 * size)
  for (let i = 0, p = 0; i < size; i++, p += 3) {
    pixels[p] = levels[i]
    pixels[p + 1] = levels[size + i]
    pixels[p + 2] = levels[2 * size + i]
  }
  return pixels
}

/**
 * ITU-R BT.601 luma of sRGB levels, 0.299 R + 0.587 G + 0.114 B rounded to a level; R = G = B gives exactly that level.
 * In thousandths, so that no sum of decimals falls on the wrong side of a half.
 */
const luma = (r: number, g: number, b: number): number => Math.floor((299 * r + 587 * g + 114 * b + 500) / 1000)
