import type { Values } from '../exec/executor.ts'
import { isInput, numberOf } from '../params.ts'
import type { RunRow } from './batcher.ts'
import { advantage, oneHot } from './decision.ts'
import { follow, type Visit } from './follow.ts'
import type { Found, Job } from './job.ts'
import { distances, inside, lengths, nearBall, toUnit, usableEps } from './lattice.ts'
import { nearestOnLattice } from './lattice-search.ts'
import { type BudgetedJob, type Candidate, onLattice } from './on-lattice.ts'
import { type Probe, probe } from './probe.ts'
import { walk } from './walk.ts'

/** Attacks one image as if it were alone. `x0`: its levels, [C, H, W]; `y`: the class to leave or reach. */
export async function attackImage(run: RunRow, job: Job, x0: Uint8Array, y: number): Promise<Found> {
  if (job.stages.length > 0) return inTurn(run, job, x0, y)
  const shared: Record<string, Float32Array> = { x0: toUnit(x0), y: oneHot(y, job.classes) }
  for (const [name, value] of Object.entries(job.params))
    if (isInput(name, value)) shared[`param:${name}`] = Float32Array.of(value)
  const model = probe(run, job, shared)
  const { norm, eps } = job
  if (eps === null) return minimise({ run, model, job, x0, y, shared })
  const budget = Float32Array.of(usableEps(norm, eps))
  return withinBudget({ run, model, job: { ...job, eps }, x0, y, shared: { ...shared, 'param:eps': budget } })
}

/** One image under one attack. `shared`: what every call of its programs is given, x0 in [0, 1] among it. */
interface Assault<J extends Job = Job> {
  readonly run: RunRow
  readonly model: Probe
  readonly job: J
  readonly x0: Uint8Array
  readonly y: number
  readonly shared: Values
}

/** Each stage of a sequence until one breaks the image; what they found before rounding is the last's, or the first's that found. */
async function inTurn(run: RunRow, job: Job, x0: Uint8Array, y: number): Promise<Found> {
  const all: Found[] = []
  for (const { name, job: stage } of job.stages) {
    const found = await attackImage(run, stage, x0, y)
    all.push({ ...found, by: found.levels && name })
    if (found.levels) break
  }
  const last = all[all.length - 1]
  const shown = last.levels ? last : (all.find(found => found.beforeRounding.adversarial) ?? last)
  const total = (of: (found: Found) => number): number => all.reduce((sum, found) => sum + of(found), 0)
  return {
    levels: last.levels,
    by: last.by,
    beforeRounding: shown.beforeRounding,
    lattice: { gradients: total(f => f.lattice.gradients), forwards: total(f => f.lattice.forwards) },
    gradients: total(f => f.gradients),
    forwards: total(f => f.forwards),
    zeroGradients: total(f => f.zeroGradients),
    nonFinite: total(f => f.nonFinite),
  }
}

/**
 * A point of the attack that is adversarial as float32, inside the ball, counts once a point of the 8-bit lattice inside
 * the ball is adversarial too; until then the attack goes on.
 */
async function withinBudget(assault: Assault<BudgetedJob>): Promise<Found> {
  const { model, job, x0, y, shared } = assault
  let best = null as Candidate | null
  let before = null as Float32Array | null // the first point that was adversarial before rounding
  let end: Float32Array = shared.x0
  await travel(assault, async ({ x, logits, gradient, last }) => {
    end = x
    const adversarial =
      advantage(logits, y, job.targeted) >= 0 &&
      nearBall(usableEps(job.norm, job.eps), lengths(x, shared.x0, job.channels)[job.norm])
    if (adversarial) before ??= x
    if (last || (adversarial && !best)) {
      const found = await onLattice(model, job, x0, y, x, gradient)
      if (found && (!best || found.advantage > best.advantage)) best = found
    }
    return best !== null && job.earlyStop
  })
  return ended(assault, before, end, async () => best?.levels ?? (before && (await broughtInside(assault, before))))
}

/** In L2 and L1, where rounding alone lost a point of the ball: the nearest 8-bit picture, if that lies in the ball. */
async function broughtInside({ model, job, x0, y }: Assault<BudgetedJob>, x: Float32Array): Promise<Uint8Array | null> {
  if (job.norm !== 'l2' && job.norm !== 'l1') return null
  const levels = await nearestOnLattice(model, job, x0, y, x, at => model.gradient(at))
  return levels && inside(job.norm, job.eps, distances(levels, x0, job.channels)) ? levels : null
}

/** Of all adversarial points of the attack the nearest, and from there the nearest picture on the lattice. */
async function minimise(assault: Assault): Promise<Found> {
  const { model, job, x0, y, shared } = assault
  let best = null as Float32Array | null
  let length = Infinity
  const kappa = numberOf(job.params, 'kappa', 0)
  let end: Float32Array = shared.x0
  await travel(assault, async ({ x, logits }) => {
    end = x
    if (advantage(logits, y, job.targeted) < kappa) return false
    const own = lengths(x, shared.x0, job.channels)[job.norm]
    if (own < length) {
      best = x
      length = own
    }
    return false
  })
  const found = best && job.norm !== 'l0' ? await toBoundary(assault, best) : best
  return ended(assault, found, end, async () => found && nearestOnLattice(model, job, x0, y, found))
}

const travel = (
  { run, model, job, x0, y, shared }: Assault,
  visit: (point: Visit) => Promise<boolean>,
): Promise<void> =>
  job.walker === null ? follow(run, model, job, x0, shared, visit) : walk(job.walker, model, job, x0, y, visit)

/**
 * What came of it. `point`: adversarial before rounding; null: none was, and `end` was looked at last. What `search` asks
 * of the model counts as the lattice's.
 */
async function ended(
  { model: { tally }, job, shared }: Assault,
  point: Float32Array | null,
  end: Float32Array,
  search: () => Promise<Uint8Array | null>,
): Promise<Found> {
  const { gradients, forwards } = tally
  const levels = await search()
  return {
    levels,
    by: null,
    beforeRounding: { adversarial: point !== null, ...lengths(point ?? end, shared.x0, job.channels) },
    lattice: { gradients: tally.gradients - gradients, forwards: tally.forwards - forwards },
    ...tally,
  }
}

/** Halvings of the way that is left from an adversarial point to the boundary: to 1/256 of its length. */
const HALVINGS = 8

/** The adversarial point nearest to x0 on the way there from `x`. */
async function toBoundary(
  { model, job: { targeted, params }, y, shared: { x0 } }: Assault,
  x: Float32Array,
): Promise<Float32Array> {
  const kappa = numberOf(params, 'kappa', 0)
  let [low, high, found] = [0, 1, x]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = i === 0 ? 1 - 1 / 16 : (low + high) / 2
    const point = x.map((v, k) => x0[k] + middle * (v - x0[k]))
    if (advantage(await model.logits(point), y, targeted) >= kappa) [high, found] = [middle, point]
    else low = middle
  }
  return found
}
