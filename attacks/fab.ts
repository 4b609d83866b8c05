import { attack, beyondLead, clip, leads, maximum, minimum, nearestBoundary, stepToPlane, where } from 'advx'

const TOWARDS_X0 = 0.1 // αmax
const BACK = 0.9 // β
const TINY = 1e-8

/**
 * Fast adaptive boundary: onto the nearest boundary of the model linearised at the point, mixed with the point of that
 * boundary that is nearest to the picture; from beyond the boundary first a tenth of the way back.
 *
 * The classes k are those likeliest at the point; with `targets` (FAB-T) one of the picture's likeliest in each restart. The paper
 * linearises at x′, which takes a further pass of the model.
 */
export default attack({
  title: 'Fast Adaptive Boundary',
  paper: 'Croce, Hein 2020, https://arxiv.org/abs/1907.02044, Algorithm 1',
  formula: `
    f_k = z_k − z_y less the lead that counts,   w_k = ∇ₓ f_k
    l = arg min_k |f_k| / ‖w_k‖_q,   H = {x: f_l + ⟨w_l, x − xₜ⟩ = 0}
    x′ = x₀ + β · (xₜ − x₀) where xₜ is adversarial, else xₜ,   β = 0.9
    d = Π_{H ∩ [0,1]}(x′) − x′,   d₀ = Π_{H ∩ [0,1]}(x₀) − x₀ in the norm
    α = min(‖d‖ / (‖d‖ + ‖d₀‖), 0.1)
    xₜ₊₁ = clip((1 − α) · (x′ + (1 + η) · d) + α · (x₀ + (1 + η) · d₀), 0, 1)
  `,
  norms: { linf: {}, l2: {}, l1: {} },
  params: { steps: 100, targets: 0, candidates: 10, overshoot: 0.05 },
  gradients: ({ targets, candidates }, { classes, targeted }) =>
    targeted || targets > 0 ? 1 : Math.min(candidates, classes) - 1,

  step({ x }, { x0, y, aim, logits, margin, adversarial, norm, targeted }, { candidates, overshoot }) {
    const z = logits(x)
    const toAim = aim && z.mul(aim.sub(y)).sum([1])
    const functions = toAim ? [toAim] : leads(z, y, candidates - 1)
    const { f, w } = nearestBoundary(targeted ? [margin(x)] : functions.map(lead => beyondLead(lead, z)), x, norm)
    const back = where(adversarial(x), x0.add(x.sub(x0).mul(BACK)), x)
    const step = (from: typeof x) => stepToPlane(norm, w, f.add(w.mul(from.sub(x)).sum([1, 2, 3])).mul(-1), from)
    const [d, d0] = [step(back), step(x0)]
    const [own, other] = [maximum(norm.length(d), TINY), maximum(norm.length(d0), TINY)]
    const alpha = minimum(own.div(own.add(other)), TOWARDS_X0)
    const beyond = overshoot.add(1)
    const near = back.add(d.mul(beyond))
    return { x: clip(near.add(x0.add(d0.mul(beyond)).sub(near).mul(alpha)), 0, 1) }
  },
})
