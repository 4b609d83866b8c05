/**
 * The pictures that make-tfjs-figures.js and the tests show to models: levels 0..255 in the order [H, W, C]. The first is
 * smooth, the second noise (a linear congruential generator of 32 bits).
 */
export function pictures(height, width, channels) {
  const smooth = []
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        smooth.push(Math.round(127.5 + 100 * Math.sin((7 * y) / height + c) * Math.cos((5 * x) / width - c)))
  let state = 12345
  const noise = smooth.map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
  return [smooth, noise]
}
