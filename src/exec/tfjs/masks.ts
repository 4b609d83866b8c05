import { rewrite } from '../../graph.ts'
import type { Op } from '../../ops/op.ts'
import { equal, size } from '../../shape.ts'
import { bind, dataOf, isConstant, type Tensor } from '../../tensor.ts'

/**
 * g · [y > 0] and g · [0 < y < 6] by one kernel each, where a backend `has` them: what a gradient meets at a Relu and
 * at a Relu6.
 */
export function maskedGradients(outputs: readonly Tensor[], has: (kernel: string) => boolean): Tensor[] {
  return rewrite(outputs, ({ op }, [a, b]) => {
    if (op.name !== 'mul') return undefined
    return (has('ReluGrad') && has('Relu6Grad') && (masked(a, b) ?? masked(b, a))) || undefined
  })
}

function masked(g: Tensor, mask: Tensor): Tensor | undefined {
  if (mask.op.name !== 'positive' || !equal(g.shape, mask.shape)) return undefined
  const [x] = mask.inputs
  const within = x.op.name === 'minimum' ? upToSix(x.inputs[0], x.inputs[1]) : undefined
  return within ? bind(relu6Grad, [g, within]) : bind(reluGrad, [g, x])
}

/** y of min(y, 6 − y). */
function upToSix(y: Tensor, rest: Tensor): Tensor | undefined {
  if (rest.op.name !== 'sub' || rest.inputs[1] !== y) return undefined
  const [six] = rest.inputs
  return isConstant(six) && size(six.shape) === 1 && dataOf(six)[0] === 6 ? y : undefined
}

const gradient = (name: string, kernel: string, passes: (feature: number) => boolean): Op => ({
  name,
  shape: ([g]) => g,
  vjp() {
    throw new TypeError('A graph that is laid out for a runtime has been differentiated before')
  },
  onnx: () => {
    throw new TypeError('Laid out for TensorFlow.js')
  },
  tfjs: (tf, [gradients, features]) => tf.run(kernel, { gradients, features }),
  js: ([g, y]) => g.map((v, i) => v * Number(passes(y[i]))),
})
const reluGrad = gradient('reluGradient', 'ReluGrad', y => y > 0)
const relu6Grad = gradient('relu6Gradient', 'Relu6Grad', y => y > 0 && y < 6)
