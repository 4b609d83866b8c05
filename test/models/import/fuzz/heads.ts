import { f } from '../case.ts'
import { count, type RandomNet, type Value } from './random-net.ts'

export const CLASSES = 4

type Head = (net: RandomNet, x: Value) => Value

/** Pictures [C, H, W] to features [F]. */
const FLATTENED: readonly Head[] = [
  (net, x) => net.add('Flatten', [x], [count(x)], net.chance(0.5) ? { axis: 1 } : {}),
  (net, x) => net.reshape(x, [count(x)]),
  (net, x) => net.add('Flatten', [net.add('GlobalAveragePool', [x], [x.shape[0], 1, 1])], [x.shape[0]]),
  (net, x) => net.reshape(net.add('GlobalMaxPool', [x], [x.shape[0], 1, 1]), [x.shape[0]]),
  (net, x) => {
    const { inputs, attributes } = net.axes(
      net.among([
        [2, 3],
        [-1, -2],
      ]),
      18,
    )
    return net.add('ReduceMean', [x, ...inputs], [x.shape[0]], { ...attributes, keepdims: 0 })
  },
  // x.view(x.size(0), -1), as exporters write it
  (net, x) => {
    const shape = net.add('Shape', [x], [4])
    const batch = net.add('Gather', [shape, net.whole64([0])], [1], { axis: 0 })
    const target = net.add('Concat', [batch, net.whole64([-1])], [2], { axis: 0 })
    return net.add('Reshape', [x, target], [count(x)])
  },
]

/** Features [F] to scores [K]. */
const LINEAR: readonly Head[] = [
  (net, x) => {
    const [features] = x.shape
    const transB = net.whole(0, 1)
    const dims = transB ? [CLASSES, features] : [features, CLASSES]
    const factors = net.chance(0.3) ? { alpha: f(0.7), beta: f(1.3) } : {}
    const inputs = [x, net.weight(dims, 1 / Math.sqrt(features)), net.weight(net.among([[CLASSES], [1, CLASSES]]), 0.3)]
    return net.add('Gemm', inputs, [CLASSES], { transB, ...factors })
  },
  (net, x) => {
    const [features] = x.shape
    const y = net.add('MatMul', [x, net.weight([features, CLASSES], 1 / Math.sqrt(features))], [CLASSES])
    return net.chance(0.7) ? net.add('Add', [y, net.weight([CLASSES], 0.3)], [CLASSES]) : y
  },
]

/** A classifier's end: pictures to scores [K], and now and then to the probabilities or their logarithms. */
export function headOf(net: RandomNet, x: Value): { scores: Value; end: 'Softmax' | 'LogSoftmax' | null } {
  const features = net.among(FLATTENED)(net, x)
  const scores = net.among(LINEAR)(net, features)
  const end = net.chance(0.2) ? net.among(['Softmax', 'LogSoftmax'] as const) : null
  if (end === null) return { scores, end }
  return { scores: net.add(end, [scores], [CLASSES], { axis: net.among([1, -1]) }), end }
}
