import { attack, type NormName, ranked } from 'advx'

const BEYOND = 1e-4 // of a linear boundary, so that a step of no length does not stop the walk

/**
 * DeepFool: to the nearest boundary of the model linearised at the point, again and again, until the point is beyond one.
 * The classes are those likeliest there, the true one among them. In targeted runs there is one boundary, the target's with
 * the best other class.
 */
export default attack({
  title: 'DeepFool',
  paper: 'Moosavi-Dezfooli, Fawzi, Frossard 2016, https://arxiv.org/abs/1511.04599, Algorithm 2',
  formula: `
    f_k = z_k − z_y,   w_k = ∇ₓ f_k
    l = arg min_k |f_k| / ‖w_k‖_q over the likeliest classes k ≠ y
    rₜ₊₁ = rₜ + |f_l| / ‖w_l‖_q · direction(w_l)
    xₜ₊₁ = clip(x₀ + (1 + η) · rₜ₊₁, 0, 1)
  `,
  norms: { l2: {}, linf: {} },
  params: { steps: 50, overshoot: 0.02, candidates: 10 },
  gradients: ({ candidates }, { classes, targeted }) => (targeted ? 1 : Math.min(candidates, classes) - 1),

  async *run({ x0, y, targeted, classes, norm, logits, pullbacks, lead }, { steps, overshoot, candidates }) {
    const r = new Float32Array(x0.length)
    for (let t = 0; t <= steps; t++) {
      const x = x0.map((v, i) => Math.min(Math.max(v + (1 + overshoot) * r[i], 0), 1))
      const z = await logits(x)
      yield { x, logits: z }
      if (t === steps || lead(z) >= 0) return
      const others = ranked(z).filter(k => k !== y)
      const likeliest = others.slice(0, targeted ? 1 : candidates - 1)
      const slopes = pullbacks(
        x,
        likeliest.map(k => (targeted ? leadOf(y, k, classes) : leadOf(k, y, classes))),
      )
      let [distance, w]: [number, Float32Array] = [Infinity, r]
      const left = likeliest.values()
      for await (const { gradient } of slopes) {
        const far = Math.abs(z[left.next().value!] - z[y]) / dual(norm, gradient)
        if (far < distance) [distance, w] = [far, gradient]
      }
      if (distance === Infinity) return // flat: there is no boundary
      const unit = direction(norm, w)
      for (let i = 0; i < r.length; i++) r[i] += (distance + BEYOND) * unit[i]
    }
  },
})

/** The weights of z_k − z_j. */
const leadOf = (k: number, j: number, classes: number): Float32Array => {
  const v = new Float32Array(classes)
  ;[v[k], v[j]] = [1, -1]
  return v
}

const dual = (norm: NormName, w: Float32Array): number =>
  norm === 'linf' ? w.reduce((sum, v) => sum + Math.abs(v), 0) : Math.sqrt(w.reduce((sum, v) => sum + v * v, 0))

const direction = (norm: NormName, w: Float32Array): Float32Array => {
  const length = dual('l2', w)
  return w.map(v => (norm === 'linf' ? Math.sign(v) : v / length))
}
