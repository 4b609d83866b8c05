import { ShapeError } from './errors.ts'
import { add, div, mul, sub } from './ops/elementwise.ts'
import { matmul } from './ops/matmul.ts'
import type { Attrs, Op } from './ops/op.ts'
import { mean, reduceMax, sum } from './ops/reduce.ts'
import { type Shape, show, size } from './shape.ts'

export type Operand = Tensor | number

/**
 * One node of a graph: `op(inputs, attrs)`. Immutable, and holds no data but that of constants.
 *
 * Tensor math only builds graph. Numbers appear when an executor runs it, so an
 * attack has nothing to await, free or dispose.
 */
export class Tensor {
  readonly op: Op
  readonly inputs: readonly Tensor[]
  readonly attrs: Attrs
  readonly shape: Shape

  constructor(op: Op, inputs: readonly Tensor[], attrs: Attrs) {
    this.op = op
    this.inputs = inputs
    this.attrs = attrs
    this.shape = op.shape(
      inputs.map(t => t.shape),
      attrs,
    )
  }

  add(other: Operand): Tensor {
    return add(this, other)
  }
  sub(other: Operand): Tensor {
    return sub(this, other)
  }
  mul(other: Operand): Tensor {
    return mul(this, other)
  }
  div(other: Operand): Tensor {
    return div(this, other)
  }
  matmul(other: Tensor): Tensor {
    return matmul(this, other)
  }
  /** Σ along `axes` (default: all), which stay with length 1. */
  sum(axes?: readonly number[]): Tensor {
    return sum(this, axes)
  }
  mean(axes?: readonly number[]): Tensor {
    return mean(this, axes)
  }
  max(axes?: readonly number[]): Tensor {
    return reduceMax(this, axes)
  }
}

/** Make a node, lifting plain numbers to constants. The one place where nodes are made. */
export function bind(op: Op, args: readonly Operand[], attrs: Attrs = {}): Tensor {
  return new Tensor(
    op,
    args.map(a => (typeof a === 'number' ? constant(a) : a)),
    attrs,
  )
}

const leaf = (name: string): Op => ({
  name,
  shape: (_, { shape }) => shape as Shape,
  vjp: () => [],
  onnx: () => supplied(name),
  tfjs: () => supplied(name),
  js: (_, { attrs }) => Float64Array.from(attrs.value as Float32Array),
})
const supplied = (name: string): never => {
  throw new TypeError(`'${name}' is a leaf: whoever compiles a graph supplies it`)
}
const inputOp = leaf('input')
const constantOp = leaf('constant')

/** A value that is given at each run. `name` is for people who read a printed graph. */
export const input = (shape: Shape, name = 'input'): Tensor => new Tensor(inputOp, [], { shape, name })

/** A number, all over `shape`, or data in row-major order. */
export function constant(value: number | Float32Array, shape: Shape = []): Tensor {
  const data = typeof value === 'number' ? new Float32Array(size(shape)).fill(value) : value
  if (data.length !== size(shape)) throw new ShapeError(`${data.length} numbers for a constant of [${show(shape)}]`)
  return new Tensor(constantOp, [], { value: data, shape })
}

export const isInput = (t: Tensor): boolean => t.op === inputOp
export const isConstant = (t: Tensor): boolean => t.op === constantOp

/** The data of a constant, row-major. */
export const dataOf = (t: Tensor): Float32Array => t.attrs.value as Float32Array

export const zerosLike = (x: Tensor): Tensor => x.mul(0)
