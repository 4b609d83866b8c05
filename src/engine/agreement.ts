import type { Line } from './options.ts'

/** How far a confidence may lie from that of another runtime. The margin of what counts as adversarial is as wide. */
const OTHER_RUNTIME = 1e-3

/** Whether a field's two values say the same: to the last digit, or as another runtime computes confidences. */
export function agree(a: unknown, b: unknown, sameRuntime: boolean): boolean {
  if (JSON.stringify(a) === JSON.stringify(b)) return true
  if (sameRuntime || !isDecision(a) || !isDecision(b)) return false
  return a.class === b.class && Math.abs(a.confidence - b.confidence) <= OTHER_RUNTIME
}

const isDecision = (value: unknown): value is NonNullable<Line['clean']> =>
  typeof value === 'object' && value !== null && 'class' in value && 'confidence' in value
