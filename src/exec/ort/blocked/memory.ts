/**
 * A blocked tensor of [N, P, H, W], P a multiple of the block B, lies in memory as [N, P / B, H, W, B]: the B channels
 * of a pixel side by side, as wide as the processor's vectors.
 */
export function block(data: Float64Array, shape: readonly number[], size: number): Float64Array {
  const out = new Float64Array(data.length)
  each(shape, size, (plain, blocked) => {
    out[blocked] = data[plain]
  })
  return out
}

/** The inverse of `block`. */
export function unblock(data: Float64Array, shape: readonly number[], size: number): Float64Array {
  const out = new Float64Array(data.length)
  each(shape, size, (plain, blocked) => {
    out[plain] = data[blocked]
  })
  return out
}

function each(
  [n, channels, h, w]: readonly number[],
  size: number,
  visit: (plain: number, blocked: number) => void,
): void {
  const area = h * w
  for (let plane = 0; plane < n * channels; plane++) {
    const image = Math.floor(plane / channels)
    const channel = plane % channels
    const base = (image * channels + channel - (channel % size)) * area + (channel % size)
    for (let i = 0; i < area; i++) visit(plane * area + i, base + i * size)
  }
}
