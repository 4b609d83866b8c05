import * as ops from '../../../src/ops/elementwise.ts'
import { erf } from '../../../src/ops/erf.ts'
import { ceil, floor, round, truncate } from '../../../src/ops/rounding.ts'
import * as trigonometry from '../../../src/ops/trigonometry.ts'
import type { Shape } from '../../../src/shape.ts'
import { constant, type Operand, type Tensor } from '../../../src/tensor.ts'
import { type Case, domain, images } from '../case.ts'

const unary = (name: string, f: (x: Operand) => Tensor, lo?: number, hi?: number): Case => ({
  name,
  inputs: [domain(images(2, 3), lo, hi)],
  f,
})

const SHAPES: readonly (readonly [Shape, Shape])[] = [
  [images(2, 3), images(2, 3)],
  [images(2, 3), [3]],
  [[2, 1], images(2, 3)],
  [images(2, 3), images(1, 1)],
  [images(1, 3), [2, 1]],
  [[1, 2, 1], images(1, 3)],
  [[], images(2)],
  [
    [2, 3],
    [2, 3],
  ],
  [[], []],
]

/** Two tensors in every way of broadcasting, and a number on either side. */
function binary(name: string, f: (a: Operand, b: Operand) => Tensor, lo?: number, hi?: number): Case[] {
  return [
    ...SHAPES.map(([a, b]) => ({
      name: `${name} [${a}] [${b}]`,
      inputs: [domain(a, lo, hi), domain(b, lo, hi)],
      f: (x: Tensor, y: Tensor) => f(x, y),
    })),
    unary(`${name} of a tensor and a number`, x => f(x, 0.7), lo, hi),
    unary(`${name} of a number and a tensor`, x => f(0.7, x), lo, hi),
    unary(`${name} of a tensor and itself, shifted`, x => f(x, ops.add(x, 0.5)), lo, hi),
  ]
}

export const elementwise: readonly Case[] = [
  unary('exp', ops.exp, -2, 2),
  unary('log', ops.log, 0.2, 3),
  unary('sqrt', ops.sqrt, 0.2, 3),
  unary('neg', ops.neg),
  unary('abs', ops.abs),
  unary('sign', ops.sign),
  unary('sin', ops.sin, -4, 4),
  unary('cos', ops.cos, -4, 4),
  unary('tanh', ops.tanh, -3, 3),
  unary('sigmoid', ops.sigmoid, -5, 5),
  unary('sigmoid far out', ops.sigmoid, -17, 17),
  unary('softplus', ops.softplus, -5, 5),
  unary('softplus far out', ops.softplus, -60, 60),
  unary('relu', ops.relu),
  unary('positive', ops.positive),
  unary('erf', erf, -3, 3),
  unary('erf far out', erf, -30, 30),
  unary('floor', floor, -3, 3),
  unary('ceil', ceil, -3, 3),
  unary('round', round, -3, 3),
  unary('truncate', truncate, -3, 3),
  unary('isNaN', ops.notANumber),
  unary('tan', trigonometry.tan, -1.4, 1.4),
  unary('asin', trigonometry.asin, -0.9, 0.9),
  unary('acos', trigonometry.acos, -0.9, 0.9),
  unary('atan', trigonometry.atan, -3, 3),
  unary('sinh', trigonometry.sinh, -2, 2),
  unary('cosh', trigonometry.cosh, -2, 2),
  unary('asinh', trigonometry.asinh, -3, 3),
  unary('acosh', trigonometry.acosh, 1.2, 4),
  unary('atanh', trigonometry.atanh, -0.9, 0.9),
  unary('sigmoid of x times x', x => ops.sigmoid(x).mul(x), -3, 3),

  ...binary('add', ops.add),
  ...binary('sub', ops.sub),
  ...binary('mul', ops.mul),
  ...binary('div', ops.div, 0.4, 2),
  ...binary('pow', ops.pow, 0.4, 2),
  ...binary('minimum', ops.minimum),
  ...binary('maximum', ops.maximum),
  ...binary('greater', ops.greater),
  unary('division by negative numbers', x => ops.div(1, x), -2, -0.5),
  unary('square', x => ops.pow(x, 2)),
  unary('cube of negative numbers', x => ops.pow(x, 3), -2, -0.5),
  unary('fractional power', x => ops.pow(x, -1.5), 0.5, 2),
  { name: 'x · x', inputs: [domain(images(2, 3))], f: x => x.mul(x) },

  {
    name: 'where, a condition that varies',
    inputs: [domain(images(2, 3)), domain(images(2, 3)), domain(images(2, 3))],
    f: (c, a, b) => ops.where(ops.greater(c, 0), a, b).mul(c),
  },
  {
    name: 'where, one condition an image',
    inputs: [domain(images(1, 1)), domain(images(2, 3)), domain([3])],
    f: (c, a, b) => ops.where(ops.greater(c, 0), a, b).mul(c),
  },
  {
    name: 'where, broadcast branches',
    inputs: [domain(images(2, 3)), domain([2, 1]), domain(images(1, 1))],
    f: (c, a, b) => ops.where(ops.greater(c, 0), a, b).mul(c),
  },
  unary('where beside infinity', x => ops.where(ops.greater(x, -2), x, Infinity)),
  unary('where beside a NaN', x => ops.where(ops.greater(-2, x), constant(Float32Array.of(Number.NaN), [1]), x)),
  unary('where with a number that is not 1 as condition', x => ops.where(constant(-0.25), x, 0)),

  unary('clip to numbers', x => ops.clip(x, -0.5, 0.5)),
  unary('clip to 0..6', x => ops.clip(x, 0, 6), -4, 10),
  unary('clip from below', x => ops.clip(x, -0.2, Infinity)),
  unary('clip from above', x => ops.clip(x, -Infinity, 0.3)),
  unary('clip to nothing', x => ops.clip(x, -Infinity, Infinity)),
  {
    name: 'clip to tensors',
    inputs: [domain(images(2, 3)), domain(images(2, 3), -0.8, -0.2), domain([3], 0.2, 0.8)],
    f: (x, lo, hi) => ops.clip(x, lo, hi),
  },
  {
    name: 'clip to a tensor and a number',
    inputs: [domain(images(3)), domain([], -0.4, -0.3)],
    f: (x, lo) => ops.clip(x, lo, 0.5),
  },
]
