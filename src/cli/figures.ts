// Numbers as they are shown to people.
import type { Share } from '../engine/options.ts'
import type { NormName } from '../norms.ts'

/** `97.9 % (92.6 to 99.4)`: a share and its 95 % interval. */
export const shareText = (share: Share | null): string =>
  share ? `${percent(share.value)} % (${percent(share.low)} to ${percent(share.high)})` : 'not measured'

/** `97.9 %`. */
export const percentText = (value: number): string => `${percent(value)} %`

const percent = (value: number): string => (100 * value).toFixed(1)

/** `8/255` where Linf allows whole levels, else three digits. */
export function lengthText(norm: NormName, value: number): string {
  const levels = 255 * value
  if (norm === 'linf' && Math.abs(levels - Math.round(levels)) < 1e-6) return `${Math.round(levels)}/255`
  return numberText(value)
}

/** A parameter's value. */
export const valueText = (value: number | string): string => (typeof value === 'number' ? numberText(value) : value)

/** At most four digits that say something: 0.25, 1000, 1e-7. */
export const numberText = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))

/** How people call a norm. */
export const NORM_TITLES: Readonly<Record<NormName, string>> = { linf: 'Linf', l2: 'L2', l1: 'L1', l0: 'L0' }

export const budgetText = (norm: NormName, eps: number | null): string =>
  eps === null ? NORM_TITLES[norm] : `${NORM_TITLES[norm]} ${lengthText(norm, eps)}`

/** `4 s`, `2 min 5 s`, `3 h 20 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds)
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** `512 bytes`, `26.5 kB`, `102.6 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1e3) return `${bytes} bytes`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** `1 picture`, `2 pictures`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`
