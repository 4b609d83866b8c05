import type { Share } from '../engine/options.ts'
import type { NormName } from '../norms.ts'

/** Numbers as people read them. */
export const NORM_TITLES: Readonly<Record<NormName, string>> = { linf: 'L∞', l2: 'L2', l1: 'L1', l0: 'L0' }

/** "94.0 %", in one line. What is not all is never shown as 100 %, what is not nothing never as 0. */
export function percent(share: number): string {
  for (const digits of [1, 2]) {
    const text = (100 * share).toFixed(digits)
    if ((share === 1 || Number(text) < 100) && (share === 0 || Number(text) > 0)) return `${text}\u00a0%`
  }
  return share > 0.5 ? '> 99.99\u00a0%' : '< 0.01\u00a0%'
}

/** "87.5–97.2 %". */
export const interval = ({ low, high }: Share): string => `${percent(low).replace(/\s%$/, '')}–${percent(high)}`

/** "94 of 100": the share counted out; null where it is not a share of n. */
export function counted({ value }: Share, n: number): string | null {
  const k = Math.round(value * n)
  return n > 0 && Math.abs(k / n - value) < 1e-9 ? `${count(k)} of ${count(n)}` : null
}

/** "10,000". */
export const count = (n: number): string => n.toLocaleString('en-US')

/** "1 picture", "2 pictures". */
export const plural = (n: number, thing: string): string => `${count(n)} ${thing}${n === 1 ? '' : 's'}`

/** A length to three digits: "0.613", "11.2", "701". */
export const length = (x: number): string =>
  x !== 0 && Math.abs(x) < 1e-4
    ? x.toExponential(2)
    : Math.abs(x) >= 100
      ? count(Math.round(x))
      : trim(x.toPrecision(3))

/** Levels of 255 of a length in L∞: "8", between two pictures "7.5". */
export const levels = (linf: number): string => trim((255 * linf).toFixed(2))

/** Whether a budget in L∞ is whole levels of 255. */
export const isWhole = (eps: number): boolean => Math.abs(255 * eps - Math.round(255 * eps)) < 1e-6

/** "8/255" where a budget in L∞ is whole levels, else the number; "no budget" for an attack without one. */
export function budget(norm: NormName, eps: number | null): string {
  if (eps === null) return 'no budget'
  if (norm !== 'linf') return plain(eps)
  if (isWhole(eps)) return `${Math.round(255 * eps)}/255`
  return `${plain(eps)} (${Math.floor(255 * eps + 1e-9)} whole levels of 255)`
}

/** "L∞ 8/255", in one line. */
export const threat = (norm: NormName, eps: number | null): string => `${NORM_TITLES[norm]}\u00a0${budget(norm, eps)}`

/** A number as it was given, without the noise of its last bits: "0.25". */
export const plain = (x: number): string => String(Number(x.toPrecision(6)))

/** "0.84 s", "41 s", "3 min 12 s", "2 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${trim(seconds.toFixed(2))} s`
  const s = Math.round(seconds)
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`
  return `${count(Math.floor(s / 3600))} h ${Math.floor((s % 3600) / 60)} min`
}

const trim = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal)
