import { defense, pad, take } from 'advx'

/**
 * Random resizing and padding: the picture is made smaller by the nearest pixels, and put somewhere on black of its own size.
 * The scores are the mean over K such transforms, drawn once while the model is made: the file that is written holds these K,
 * for every picture the same, and is deterministic.
 *
 *     z(x) = 1/K · Σₖ z(pad(resize(x, rₖ), (uₖ, vₖ))),   rₖ ~ U(r, 1),   (uₖ, vₖ) ~ U(where it fits)
 *
 * Its gradient is the mean over the same transforms, which is what an attack on expectation over transformation estimates.
 */
export default defense({
  title: 'Random Resizing and Padding',
  paper:
    'Xie et al. 2018, https://arxiv.org/abs/1711.01991, §3; EOT: Athalye et al. 2018, https://arxiv.org/abs/1802.00420',
  params: { transforms: 5, smallest: 0.9 },

  infer({ x, logits, random }, { transforms, smallest }) {
    const [, , height, width] = x.shape
    const all = Array.from({ length: transforms }, () => {
      const ratio = smallest + (1 - smallest) * random()
      const [h, w] = [height, width].map(d => Math.max(1, Math.round(ratio * d)))
      const small = take(take(x, nearest(height, h), 2), nearest(width, w), 3)
      const top = Math.floor(random() * (height - h + 1))
      const left = Math.floor(random() * (width - w + 1))
      return logits(pad(small, [0, 0, top, left], [0, 0, height - h - top, width - w - left]))
    })
    return all.reduce((a, b) => a.add(b)).div(transforms)
  },
})

/** Which of `length` places each of `count` ones is nearest to. */
const nearest = (length: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count))
