import type { Blocks } from '../random-net.ts'

export const MATRICES: Blocks = {
  /** Pixels as tokens, [HW, C], each through two layers, as transformers do; then pictures again. */
  tokens(net, x) {
    const [c, h, w] = x.shape
    const rows = net.add('Transpose', [net.reshape(x, [c, h * w])], [h * w, c], { perm: [0, 2, 1] })
    const [wide, out] = [net.whole(1, 8), net.whole(1, 6)]
    const hidden = net.add('MatMul', [rows, net.weight([c, wide], 1.4 / Math.sqrt(c))], [h * w, wide])
    const shifted = net.add('Add', [hidden, net.weight([wide], 0.3)], [h * w, wide])
    const bent = net.add(net.among(['Relu', 'Tanh', 'Sigmoid']), [shifted], [h * w, wide])
    const y = net.add('MatMul', [bent, net.weight([wide, out], 1.4 / Math.sqrt(wide))], [h * w, out])
    return net.reshape(net.add('Transpose', [y], [out, h * w], { perm: [0, 2, 1] }), [out, h, w])
  },

  /** One linear layer along the width: a matrix of rank 2 times a stack. */
  alongWidth(net, x) {
    const [c, h, w] = x.shape
    const out = net.whole(1, 8)
    return net.add('MatMul', [x, net.weight([w, out], 1.4 / Math.sqrt(w))], [c, h, out])
  },
}
