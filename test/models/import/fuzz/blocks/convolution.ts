import type { Blocks, RandomNet } from '../random-net.ts'
import { walkOver } from './windows.ts'

const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter(d => n % d === 0)

/** About as many times the groups as keeps a net small. */
const outputs = (net: RandomNet, group: number): number => group * net.whole(1, Math.max(1, Math.floor(9 / group)))

const bias = (net: RandomNet, channels: number): string[] => (net.chance(0.6) ? [net.weight([channels], 0.3)] : [])

export const CONVOLUTIONS: Blocks = {
  conv(net, x) {
    const [c, ...spatial] = x.shape
    const group = net.among(divisors(c))
    const out = outputs(net, group)
    const { kernel, attributes, places } = walkOver(net, spatial, { dilates: true, pool: false })
    const fan = (c / group) * kernel[0] * kernel[1]
    const w = net.weight([out, c / group, ...kernel], 1.4 / Math.sqrt(fan))
    const said = net.chance(0.5) ? { kernel_shape: kernel } : {}
    const grouped = group > 1 ? { group } : {}
    return net.add('Conv', [x, w, ...bias(net, out)], [out, ...places], { ...attributes, ...said, ...grouped })
  },

  depthwise(net, x) {
    const [c, ...spatial] = x.shape
    const { kernel, attributes, places } = walkOver(net, spatial, { dilates: true, pool: false })
    const w = net.weight([c, 1, ...kernel], 1.4 / Math.sqrt(kernel[0] * kernel[1]))
    return net.add('Conv', [x, w, ...bias(net, c)], [c, ...places], { ...attributes, group: c })
  },

  transposed(net, x) {
    const [c, ...spatial] = x.shape
    const group = net.among(divisors(c))
    const out = outputs(net, group)
    const axes = spatial.map(length => {
      const [kernel, stride] = [net.whole(1, 4), net.whole(1, 2)]
      const dilation = net.chance(0.2) ? 2 : 1
      const [before, after] = [net.whole(0, Math.min(1, kernel - 1)), net.whole(0, Math.min(1, kernel - 1))]
      const more = net.whole(0, stride - 1)
      const places = stride * (length - 1) + more + dilation * (kernel - 1) + 1 - before - after
      return { kernel, stride, dilation, before, after, more, places }
    })
    if (axes.some(a => a.places < 1)) return null
    const of = (name: keyof (typeof axes)[number]): number[] => axes.map(a => a[name])
    const w = net.weight([c, out / group, ...of('kernel')], 1.4 / Math.sqrt(c / group))
    return net.add('ConvTranspose', [x, w, ...bias(net, out)], [out, ...of('places')], {
      strides: of('stride'),
      pads: [...of('before'), ...of('after')],
      dilations: of('dilation'),
      output_padding: of('more'),
      group,
    })
  },
}
