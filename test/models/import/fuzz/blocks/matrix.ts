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

  /** Softmax(Q·Kᵀ)·V among the pixels, as one head of a transformer. */
  attention(net, x) {
    const [c, h, w] = x.shape
    if (h * w > 40) return null
    const pixels = h * w
    const rows = net.add('Transpose', [net.reshape(x, [c, pixels])], [pixels, c], { perm: [0, 2, 1] })
    const width = net.whole(1, 4)
    const [q, k, v] = Array.from({ length: 3 }, () =>
      net.add('MatMul', [rows, net.weight([c, width], 1 / Math.sqrt(c))], [pixels, width]),
    )
    const turned = net.add('Transpose', [k], [width, pixels], { perm: [0, 2, 1] })
    const likeness =
      net.opset < 12 || net.chance(0.5)
        ? net.add('MatMul', [q, turned], [pixels, pixels])
        : net.add('Einsum', [q, k], [pixels, pixels], { equation: 'bqd,bkd->bqk' })
    const shares = net.add('Softmax', [likeness], [pixels, pixels], { axis: net.opset < 13 ? 2 : -1 })
    const y = net.add('MatMul', [shares, v], [pixels, width])
    return net.reshape(net.add('Transpose', [y], [width, pixels], { perm: [0, 2, 1] }), [width, h, w])
  },

  /** One linear layer along the width: a matrix of rank 2 times a stack. */
  alongWidth(net, x) {
    const [c, h, w] = x.shape
    const out = net.whole(1, 8)
    return net.add('MatMul', [x, net.weight([w, out], 1.4 / Math.sqrt(w))], [c, h, out])
  },
}
