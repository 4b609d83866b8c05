import type { Operand, Tensor } from '../tensor.ts'
import { abs, elementwise, mul, sign } from './elementwise.ts'

// Steps: their derivative is 0 wherever they have one, so that no gradient flows.

export const floor = elementwise('floor', { onnx: 'Floor', tfjs: 'Floor', js: Math.floor, vjp: () => [null] })
export const ceil = elementwise('ceil', { onnx: 'Ceil', tfjs: 'Ceil', js: Math.ceil, vjp: () => [null] })
/** To the nearest whole number, halves to the even one. */
export const round = elementwise('round', {
  onnx: 'Round',
  tfjs: 'Round',
  js: toEven,
  vjp: () => [null],
})
/** Towards 0. */
export const truncate = (x: Operand): Tensor => mul(sign(x), floor(abs(x)))

/** The nearest whole number, of two the even one. */
export function toEven(x: number): number {
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)
}
