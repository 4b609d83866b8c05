import { LEAD } from '../nn.ts'

/** First index of the largest logit. */
export function argmax(logits: ArrayLike<number>): number {
  let best = 0
  for (let k = 1; k < logits.length; k++) if (logits[k] > logits[best]) best = k
  return best
}

/** 1 for class k, else 0. */
export function oneHot(k: number, classes: number): Float32Array {
  const out = new Float32Array(classes)
  out[k] = 1
  return out
}

/**
 * How far the logits are on the adversary's side, beyond the lead that counts: at or above 0 is adversarial. Untargeted:
 * some other class leads `y`; targeted: `y` leads all others. Not finite: −∞.
 */
export function advantage(logits: ArrayLike<number>, y: number, targeted: boolean): number {
  let other = -Infinity
  let scale = 1
  for (let k = 0; k < logits.length; k++) {
    if (!Number.isFinite(logits[k])) return -Infinity
    scale = Math.max(scale, Math.abs(logits[k]))
    if (k !== y) other = Math.max(other, logits[k])
  }
  const lead = targeted ? logits[y] - other : other - logits[y]
  return lead - LEAD * scale
}

/** Softmax's value for class k. */
export function confidence(logits: ArrayLike<number>, k: number): number {
  let total = 0
  for (let j = 0; j < logits.length; j++) total += Math.exp(logits[j] - logits[k])
  return 1 / total
}
