import { ShapeError } from '../../../errors.ts'
import { reshape } from '../../../ops/shape.ts'
import { pad, slice } from '../../../ops/slice.ts'
import { show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { convolution, deconvolution, depthwise, overPictures, pool } from '../channels-last.ts'
import { resized } from '../tensorflow/resize.ts'
import { activated } from './activation.ts'
import { flagOf, layoutOf, pairOf, sidesOf, walkOf } from './settings.ts'

/** y plus the bias in input `i`, where there is one, behind the layer's activation. */
function finished(call: Call, y: Tensor, i: number): Tensor {
  if (!call.has(i)) return activated(call, y)
  const bias = call.tensor(i)
  const first = layoutOf(call) === 'first' && y.shape.length === 4
  return activated(call, y.add(first ? reshape(bias, [bias.shape[0], 1, 1]) : bias))
}

const convolved =
  (f: typeof convolution): Operator =>
  call =>
    finished(call, f(call, call.tensor(0), call.tensor(1), walkOf(call)), 2)

/** Each channel by itself, then all of them at each pixel. */
const separable: Operator = call => {
  const walk = walkOf(call)
  const apart = depthwise(call, call.tensor(0), call.tensor(1), walk)
  const plain = { ...walk, strides: [1, 1], dilations: [1, 1], padding: 'valid' } as const
  return finished(call, convolution(call, apart, call.tensor(2), plain), 3)
}

/** Each pixel becomes a window; of valid ones those that reach further than a stride stick out at the end. */
const spread: Operator = call => {
  const [x, kernel, walk] = [call.tensor(0), call.tensor(1), walkOf(call)]
  const lengths = walk.layout === 'last' ? x.shape.slice(1, 3) : x.shape.slice(2, 4)
  const out = lengths.map(
    (d, i) => d * walk.strides[i] + (walk.padding === 'valid' ? Math.max(0, kernel.shape[i] - walk.strides[i]) : 0),
  )
  if (call.node.attributes.get('output_padding') || walk.dilations.some(d => d > 1))
    throw new ShapeError('Its output_padding or dilation_rate is not known.')
  return finished(call, deconvolution(call, x, kernel, walk, out), 2)
}

const dense: Operator = call => {
  const [x, kernel] = [call.tensor(0), call.tensor(1)]
  if (x.shape[x.shape.length - 1] !== kernel.shape[0])
    throw new ShapeError(`Weights of [${show(kernel.shape)}] do not fit [${show(x.shape)}].`)
  const y = x.matmul(kernel)
  return activated(call, call.has(2) ? y.add(call.tensor(2)) : y)
}

/** Windows lie side by side where no strides are said. */
const pooling =
  (kind: 'max' | 'average'): Operator =>
  call => {
    const size = pairOf(call, 'pool_size', [2, 2])
    return pool(call, kind, size, walkOf(call, pairOf(call, 'strides', size)))
  }

const overall =
  (f: (x: Tensor, axes: readonly number[]) => Tensor): Operator =>
  call => {
    const x = call.tensor(0)
    if (x.shape.length !== 4) throw new ShapeError(`[${show(x.shape)}] are no pictures.`)
    const axes = layoutOf(call) === 'last' ? [1, 2] : [2, 3]
    const y = f(x, axes)
    return flagOf(call, 'keepdims', false)
      ? y
      : reshape(
          y,
          y.shape.filter((_, i) => !axes.includes(i)),
        )
  }

const padded: Operator = call => {
  const [top, bottom, left, right] = sidesOf(call, 'padding')
  return overPictures(call.tensor(0), layoutOf(call), x => {
    call.setting.budget.activation([...x.shape.slice(0, 2), x.shape[2] + top + bottom, x.shape[3] + left + right])
    return pad(x, [0, 0, top, left], [0, 0, bottom, right])
  })
}

const cropped: Operator = call => {
  const [top, bottom, left, right] = sidesOf(call, 'cropping')
  return overPictures(call.tensor(0), layoutOf(call), x => {
    const [n, c, h, w] = x.shape
    return slice(x, [0, 0, top, left], [n, c, h - top - bottom, w - left - right])
  })
}

/** As TensorFlow.js does it: without half pixels. */
const enlarged: Operator = call => {
  const layout = layoutOf(call)
  const { shape } = call.tensor(0)
  const size = pairOf(call, 'size', [2, 2])
  const spatial = layout === 'last' ? shape.slice(1, 3) : shape.slice(2, 4)
  const kind = call.text('interpolation', 'nearest') === 'bilinear' ? 'bilinear' : 'nearest'
  const lengths = spatial.map((d, i) => d * size[i])
  return resized(call, layout, lengths, { kind, alignCorners: false, halfPixelCenters: false })
}

export const KERAS_WINDOWS: Operators = {
  Conv2D: convolved(convolution),
  Conv2DTranspose: spread,
  DepthwiseConv2D: convolved(depthwise),
  SeparableConv2D: separable,
  Dense: dense,
  MaxPooling2D: pooling('max'),
  AveragePooling2D: pooling('average'),
  GlobalAveragePooling2D: overall((x, axes) => x.mean(axes)),
  GlobalMaxPooling2D: overall((x, axes) => x.max(axes)),
  ZeroPadding2D: padded,
  Cropping2D: cropped,
  UpSampling2D: enlarged,
}
