import { ShapeError } from '../../../errors.ts'
import type { OnnxAttribute } from '../../../formats/onnx/schema.ts'
import { averagePool, maxPool, type Pooling } from '../../../ops/pool.ts'
import { reshape } from '../../../ops/shape.ts'
import { pad } from '../../../ops/slice.ts'
import { type Shape, show, size } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { demandPicture, pairOf, type Windows, windowsOf } from '../window.ts'

/** A pooling as the core has it, with ceil_mode's extra rows as pads, and how it is made. */
export function pooling(call: Call, x: Tensor): { attrs: Pooling; windows: Windows; whole: boolean } {
  demandPicture(x.shape, 'pooling')
  const kernel = pairOf(call, 'kernel_shape')
  const spatial = x.shape.slice(2)
  const windows = windowsOf(call, spatial, kernel)
  const { strides, dilations, pads, extra } = windows
  if (call.text('auto_pad', 'NOTSET').startsWith('SAME')) demandClearPads(spatial, kernel, windows)
  if (pads.some((p, i) => p >= dilations[i % 2] * (kernel[i % 2] - 1) + 1))
    throw new ShapeError(`Pads of [${pads}] make windows of [${kernel}] without any picture.`)
  if (call.node.outputs.length > 1) throw new ShapeError('Its second output, the places of the maxima, is not known.')
  if (!call.live) call.setting.budget.work(Math.abs(size(x.shape)) * kernel[0] * kernel[1])
  const [top, left, bottom, right] = pads
  return {
    attrs: { kernel, strides, dilations, pads: [top, left, bottom + extra[0], right + extra[1]] },
    windows,
    whole: pads.every(p => p === 0) && spatial.every((d, i) => d === kernel[i] && dilations[i] === 1),
  }
}

/** Runtimes do not agree on what SAME adds to dilated windows, or takes away where windows lie far apart. */
function demandClearPads(lengths: Shape, kernel: readonly number[], { strides, dilations }: Windows): void {
  const missing = lengths.map((d, i) => (Math.ceil(d / strides[i]) - 1) * strides[i] + kernel[i] - d)
  if (missing.some(m => m < -1) || dilations.some(d => d > 1))
    throw new ShapeError(
      `'auto_pad' is not clear for windows of [${kernel}] in steps of [${strides}], dilated by [${dilations}]: export the model with pads.`,
    )
}

const largest = (call: Call): Tensor => {
  const x = call.tensor(0)
  const { attrs, whole } = pooling(call, x)
  return whole ? x.max([2, 3]) : maxPool(x, attrs)
}

/** Pads count where the file says so; what ceil_mode adds behind them never does. */
const average = (call: Call): Tensor => {
  const x = call.tensor(0)
  const { attrs, whole, windows } = pooling(call, x)
  if (whole) return x.mean([2, 3])
  const counts = call.int('count_include_pad', 0) !== 0
  const [bottom, right] = windows.extra
  if (!counts || (bottom === 0 && right === 0)) return averagePool(x, attrs, counts)
  const [top, left, ...behind] = windows.pads
  return averagePool(pad(x, [0, 0, top, left], [0, 0, ...behind]), { ...attrs, pads: [0, 0, bottom, right] })
}

/**
 * Windows over three axes, 1 wide along the last two, are windows over the first of them and both others as one. PyTorch
 * writes LocalResponseNorm as such a mean over channels.
 */
const overThree =
  (f: (call: Call) => Tensor): Operator =>
  call => {
    const x = call.tensor(0)
    if (x.shape.length !== 5) return f(call)
    const [n, c, d, h, w] = x.shape
    const kernel = call.ints('kernel_shape')
    const strides = call.ints('strides', [1, 1, 1])
    const pads = call.ints('pads', [0, 0, 0, 0, 0, 0])
    const still = [1, 2].every(i => kernel[i] === 1 && strides[i] === 1 && pads[i] === 0 && pads[i + 3] === 0)
    if (!still || kernel.length !== 3) return f(call)
    const ints = (...value: number[]): OnnxAttribute => ({ kind: 'ints', value })
    const y = f(
      call.as({
        inputs: [reshape(x, [n, c, d, h * w])],
        attributes: {
          kernel_shape: ints(kernel[0], 1),
          strides: ints(strides[0], 1),
          dilations: ints(call.ints('dilations', [1, 1, 1])[0], 1),
          pads: ints(pads[0], 0, pads[3], 0),
        },
        opset: call.opset,
      }),
    )
    return reshape(y, [n, c, y.shape[2], h, w])
  }

/** The axes of height and width, or whatever else lies behind the channels. */
export function overPicture(x: Tensor): number[] {
  if (x.shape.length < 3) throw new ShapeError(`[${show(x.shape)}] has no height and width.`)
  return [...x.shape.keys()].slice(2)
}

const global =
  (f: (x: Tensor, axes: readonly number[]) => Tensor): Operator =>
  call =>
    f(call.tensor(0), overPicture(call.tensor(0)))

export const POOLINGS: Operators = {
  MaxPool: overThree(largest),
  AveragePool: overThree(average),
  GlobalAveragePool: global((x, axes) => x.mean(axes)),
  GlobalMaxPool: global((x, axes) => x.max(axes)),
}
