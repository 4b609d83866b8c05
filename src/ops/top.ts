import { ShapeError } from '../errors.ts'
import { equal, show, size } from '../shape.ts'
import { bind, type Tensor } from '../tensor.ts'
import type { Op } from './op.ts'

/** Where the k largest values of each row along the last axis lie, the largest first, of equal ones the first first. */
export const topIndices = (x: Tensor, k: number): Tensor => bind(topIndicesOp, [x], { k })
const topIndicesOp: Op = {
  name: 'topIndices',
  shape([x], { k }) {
    if (!((k as number) >= 1 && (k as number) <= x[x.length - 1]))
      throw new ShapeError(`There are no ${k} largest values along the last axis of [${show(x)}]`)
    return x.with(-1, k as number)
  },
  vjp: () => [null],
  onnx(emit, [x], { attrs: { k } }) {
    const places = emit.second('TopK', [x, emit.ints([k as number])], { axis: -1, largest: 1, sorted: 1 })
    return emit.node('Cast', [places], { to: 1 })
  },
  js([x], { shape, shapes: [own], attrs: { k } }) {
    const out = new Float64Array(size(shape))
    const length = own[own.length - 1]
    for (let row = 0; row < x.length / length; row++) {
      const values = x.subarray(row * length, (row + 1) * length)
      const order = [...values.keys()].sort((a, b) => values[b] - values[a] || a - b)
      out.set(order.slice(0, k as number), row * (k as number))
    }
    return out
  },
}

/** The elements of each row along the last axis at `places`, which are computed: [.., L] and [.., K] make [.., K]. */
export const pick = (x: Tensor, places: Tensor): Tensor => bind(pickOp, [x, places])
const pickOp: Op = {
  name: 'pick',
  shape([x, places]) {
    if (!equal(x.slice(0, -1), places.slice(0, -1)))
      throw new ShapeError(`Cannot pick from the rows of [${show(x)}] at [${show(places)}]`)
    return places
  },
  vjp: (g, _, [x, places]) => [spread(g, places, x), null],
  onnx: (emit, [x, places]) => emit.node('GatherElements', [x, emit.node('Cast', [places], { to: 7 })], { axis: -1 }),
  js([x, places], { shape, shapes: [own] }) {
    const [count, length] = [shape[shape.length - 1], own[own.length - 1]]
    return places.map((place, i) => x[Math.floor(i / count) * length + place])
  },
}

/** Zeros with the shape of `like`, and each element of g added at its place in its row: the transpose of pick. */
const spread = (g: Tensor, places: Tensor, like: Tensor): Tensor => bind(spreadOp, [g, places, like])
const spreadOp: Op = {
  name: 'spread',
  shape: ([, , like]) => like,
  vjp: (h, _, [, places]) => [pick(h, places), null, null],
  onnx(emit, [g, places, like]) {
    const zeros = emit.node('ConstantOfShape', [emit.node('Shape', [like])])
    const whole = emit.node('Cast', [places], { to: 7 })
    return emit.node('ScatterElements', [zeros, whole, g], { axis: -1, reduction: 'add' })
  },
  js([g, places], { shape, shapes: [own] }) {
    const out = new Float64Array(size(shape))
    const [count, length] = [own[own.length - 1], shape[shape.length - 1]]
    g.forEach((v, i) => {
      out[Math.floor(i / count) * length + places[i]] += v
    })
    return out
  },
}
