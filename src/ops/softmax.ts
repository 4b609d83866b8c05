import { bind, type Tensor } from '../tensor.ts'
import type { Kernel, Op, TfjsKernels, TfjsTensor } from './op.ts'

// As operators, not built from exp and sum: a sum's bits depend on where a row lies in memory.

/** exp(xₖ) / Σⱼ exp(xⱼ) along the last axis. */
export const softmax = (x: Tensor): Tensor => bind(softmaxOp, [x])
const softmaxOp: Op = {
  name: 'softmax',
  shape: ([x]) => x,
  vjp: (g, y) => [y.mul(g.sub(g.mul(y).sum([-1])))],
  onnx: (emit, [x]) => emit.node('Softmax', [x], { axis: -1 }),
  tfjs: (tf, [logits]) => tf.run('Softmax', { logits }, { dim: logits.shape.length - 1 }),
  js: ([x], kernel) => rows(x, kernel, (v, total) => Math.exp(v - total)),
}

/** xₖ − log Σⱼ exp(xⱼ) along the last axis. */
export const logSoftmax = (x: Tensor): Tensor => bind(logSoftmaxOp, [x])
const logSoftmaxOp: Op = {
  name: 'logSoftmax',
  shape: ([x]) => x,
  vjp: (g, _, [x]) => [g.sub(softmax(x).mul(g.sum([-1])))],
  onnx: (emit, [x]) => emit.node('LogSoftmax', [x], { axis: -1 }),
  tfjs(tf, [x]) {
    const { shifted, logSum } = belowMaximum(tf, x)
    return tf.run('Sub', { a: shifted, b: logSum })
  },
  js: ([x], kernel) => rows(x, kernel, (v, total) => v - total),
}

/** log Σⱼ exp(xⱼ) along the last axis, which stays with length 1. */
export const logSumExp = (x: Tensor): Tensor => bind(logSumExpOp, [x])
const logSumExpOp: Op = {
  name: 'logSumExp',
  shape: ([x]) => x.with(-1, 1),
  vjp: (g, _, [x]) => [softmax(x).mul(g)],
  // max x − max log softmax x
  onnx(emit, [x], { shape }) {
    const max = (t: string): string => emit.node('ReduceMax', [t], { axes: [shape.length - 1], keepdims: 1 })
    return emit.node('Sub', [max(x), max(emit.node('LogSoftmax', [x], { axis: -1 }))])
  },
  tfjs(tf, [x]) {
    const { max, logSum } = belowMaximum(tf, x)
    return tf.run('Add', { a: max, b: logSum })
  },
  js([x], { shapes: [shape] }) {
    const length = shape[shape.length - 1]
    return Float64Array.from({ length: x.length / length }, (_, i) =>
      logSumExpOf(x.subarray(i * length, (i + 1) * length)),
    )
  },
}

/** Each row less its maximum, and log Σⱼ exp of that. */
function belowMaximum(tf: TfjsKernels, x: TfjsTensor): Record<'max' | 'shifted' | 'logSum', TfjsTensor> {
  const last = [x.shape.length - 1]
  const max = tf.run('Max', { x }, { reductionIndices: last, keepDims: true })
  const shifted = tf.run('Sub', { a: x, b: max })
  const sum = tf.run('Sum', { x: tf.run('Exp', { x: shifted }) }, { axis: last, keepDims: true })
  return { max, shifted, logSum: tf.run('Log', { x: sum }) }
}

function rows(x: Float64Array, { shape }: Kernel, f: (v: number, logSumExp: number) => number): Float64Array {
  const length = shape[shape.length - 1]
  const out = new Float64Array(x.length)
  for (let i = 0; i < x.length; i += length) {
    const row = x.subarray(i, i + length)
    const total = logSumExpOf(row)
    for (let k = 0; k < length; k++) out[i + k] = f(row[k], total)
  }
  return out
}

function logSumExpOf(row: Float64Array): number {
  const top = row.reduce((a, b) => Math.max(a, b))
  return top + Math.log(row.reduce((total, v) => total + Math.exp(v - top), 0))
}
