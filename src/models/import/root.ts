import { maximum, sqrt } from '../../ops/elementwise.ts'
import type { Tensor } from '../../tensor.ts'

/** Below any square that matters, and above what float32 rounds to 0. */
const TINY = 1e-30

/** √x for a sum of squares: where all of them are 0, as behind a ReLU, the gradient is 0 and not NaN. */
export const root = (sum: Tensor): Tensor => sqrt(maximum(sum, TINY))
