import { elementwise, exp } from './elementwise.ts'

/** 2/√π · ∫₀ˣ exp(−t²) dt, with the derivative 2/√π · exp(−x²). */
export const erf = elementwise('erf', {
  onnx: 'Erf',
  tfjs: 'Erf',
  js: integral,
  vjp: (g, _, [x]) => [g.mul(exp(x.mul(x).mul(-1))).mul(2 / Math.sqrt(Math.PI))],
})

/** 2/√π · exp(−x²) · Σₙ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n + 1)), whose terms are all of one sign. */
function integral(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x) // to the last bit of a float64
  let term = x
  let sum = term
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}
