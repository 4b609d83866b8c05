import { expected, ShapeError } from '../../../errors.ts'
import { type Convolution, conv, convInput } from '../../../ops/conv.ts'
import { reshape } from '../../../ops/shape.ts'
import { show, size } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { demandPicture, windowsOf } from '../window.ts'

/** The kernel's height and width, checked against the attribute that repeats them. */
function kernelOf(call: Call, w: Tensor): readonly number[] {
  const kernel = w.shape.slice(2)
  const said = call.ints('kernel_shape', kernel)
  if (said.length !== 2 || said.some((d, i) => d !== kernel[i]))
    throw expected('model', `[${kernel.join(', ')}], as the weights have it,`, "its attribute 'kernel_shape'", said)
  return kernel
}

function groups(call: Call, channels: number): number {
  const group = call.int('group', 1)
  if (!(group >= 1 && channels % group === 0))
    throw expected('model', `a divisor of ${channels} channels`, "its attribute 'group'", group)
  return group
}

const convolve: Operator = call => {
  const [x, w] = [call.tensor(0), call.tensor(1)]
  for (const t of [x, w]) demandPicture(t.shape, 'convolutions')
  if (w.shape.some(d => d < 0)) throw new ShapeError(`The weights [${show(w.shape)}] depend on the batch.`)
  const { strides, pads, dilations } = windowsOf(call, x.shape.slice(2), kernelOf(call, w))
  const attrs = { strides, pads, dilations, group: groups(call, x.shape[1]) }
  const y = conv(x, w, attrs, call.has(2) ? call.tensor(2) : undefined)
  if (!call.live) call.setting.budget.work(Math.abs(size(y.shape)) * (size(w.shape) / w.shape[0]))
  return y
}

/** The transpose of a convolution. Its weights are [I, O / group, kh, kw]. */
const transposed: Operator = call => {
  const [x, w] = [call.tensor(0), call.tensor(1)]
  for (const t of [x, w]) demandPicture(t.shape, 'convolutions')
  const group = groups(call, x.shape[1])
  if (w.shape[0] !== x.shape[1] || w.shape.some(d => d < 0))
    throw new ShapeError(`Weights of [${show(w.shape)}] do not fit [${show(x.shape)}].`)
  if (call.node.attributes.has('output_shape') || call.text('auto_pad', 'NOTSET') !== 'NOTSET')
    throw new ShapeError("Its attributes 'output_shape' and 'auto_pad' are not known: export it with pads.")
  const kernel = kernelOf(call, w)
  const { strides, pads, dilations } = windowsOf(call, x.shape.slice(2), kernel)
  const more = call.ints('output_padding', [0, 0])
  if (more.length !== 2 || more.some((m, i) => !(m >= 0 && m < Math.max(strides[i], dilations[i]))))
    throw expected('model', 'two numbers below the strides', "its attribute 'output_padding'", more)
  const spatial = kernel.map(
    (k, i) => strides[i] * (x.shape[2 + i] - 1) + more[i] + dilations[i] * (k - 1) + 1 - pads[i] - pads[i + 2],
  )
  if (spatial.some(d => d < 1)) throw new ShapeError(`Its pads leave nothing: [${spatial}].`)
  const attrs: Convolution = { strides, pads, dilations, group }
  const y = convInput(x, w, spatial, attrs)
  if (!call.live) call.setting.budget.work(Math.abs(size(x.shape)) * (size(w.shape) / w.shape[0]))
  if (!call.has(2)) return y
  const b = call.tensor(2)
  if (b.shape.length !== 1 || b.shape[0] !== y.shape[1])
    throw new ShapeError(`A bias of [${show(b.shape)}] for ${y.shape[1]} channels.`)
  return y.add(reshape(b, [1, b.shape[0], 1, 1]))
}

export const CONVOLUTIONS: Operators = { Conv: convolve, ConvTranspose: transposed }
