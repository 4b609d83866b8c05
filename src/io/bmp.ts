/** Size of a BMP picture as its header says, before anything is decoded; null when the header is cut short. */
export function bmpSize(bytes: Uint8Array): { width: number; height: number } | null {
  if (bytes.length < 26) return null
  const view = viewOf(bytes)
  return view.getUint32(14, true) === 12 // the OS/2 header has 16-bit sizes
    ? { width: view.getUint16(18, true), height: view.getUint16(20, true) }
    : { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) }
}

/**
 * The pixels of a BMP picture, RGBA [H, W, 4], by NetSurf's libnsbmp in WebAssembly.
 * 1, 4, 8, 16, 24 and 32 bits a pixel, palettes, RLE, bit fields, rows from below or from above.
 * @throws Error when the file is damaged or of another kind
 */
export async function decodeBmp(bytes: Uint8Array): Promise<Uint8Array> {
  const { decode } = await import('@cwasm/nsbmp')
  const view = viewOf(bytes)
  const infoHeader = view.getUint32(14, true) >= 40
  const compression = infoHeader ? view.getUint32(30, true) : 0
  // The decoder leaves what a cut run-length stream does not reach as it is.
  if ((compression === 1 || compression === 2) && view.getUint32(10, true) + view.getUint32(34, true) > bytes.length)
    throw new Error('the run-length data end too early')
  const { data } = decode(bytes)
  if (infoHeader && view.getUint16(28, true) === 16) {
    const masked = compression === 3 && bytes.length >= 66
    spread(data, masked ? [54, 58, 62].map(at => view.getUint32(at, true)) : [0x7c00, 0x03e0, 0x001f])
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.length)
}

/** Levels of n bits spread over 0..255: the decoder only shifts them up, and white would be 248. */
function spread(rgba: Uint8ClampedArray, masks: readonly number[]): void {
  masks.forEach((mask, channel) => {
    const bits = mask.toString(2).replaceAll('0', '').length
    if (bits < 1 || bits > 7) return
    const top = 2 ** bits - 1
    for (let i = channel; i < rgba.length; i += 4) rgba[i] = Math.round(((rgba[i] >> (8 - bits)) * 255) / top)
  })
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
