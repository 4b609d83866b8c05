import type { Subject } from './attack.ts'

/** A square part of a picture, all channels of it. */
export interface Window {
  readonly top: number
  readonly left: number
  readonly side: number
}

/** A square of that side, or of the picture's shorter one, anywhere in it. Draws two numbers. */
export function windowAnywhere(wanted: number, H: number, W: number, random: Subject['random']): Window {
  const side = Math.min(wanted, H, W)
  const [u, v] = random('uniform', 2)
  return { top: Math.floor(u * (H - side + 1)), left: Math.floor(v * (W - side + 1)), side }
}

/** The places of a square's values in channel c of a picture [C, H, W], row by row. */
export function placesIn({ top, left, side }: Window, c: number, H: number, W: number): number[] {
  return Array.from({ length: side * side }, (_, k) => (c * H + top + Math.floor(k / side)) * W + left + (k % side))
}
