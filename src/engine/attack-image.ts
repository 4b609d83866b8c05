import { type Assault, assault, travel } from './assault.ts'
import type { RunRow } from './batcher.ts'
import { advantage } from './decision.ts'
import type { Found, Job } from './job.ts'
import { distances, inside, lengths, nearBall, usableEps } from './lattice.ts'
import { nearestOnLattice } from './lattice-search.ts'
import { nearestPoint } from './nearest-point.ts'
import { type BudgetedJob, type Candidate, onLattice } from './on-lattice.ts'

/** Attacks one image as if it were alone. `x0`: its levels, [C, H, W]; `y`: the class to leave or reach. */
export async function attackImage(run: RunRow, job: Job, x0: Uint8Array, y: number): Promise<Found> {
  if (job.stages.length > 0) return inTurn(run, job, x0, y)
  const { eps } = job
  return eps === null ? minimise(assault(run, job, x0, y)) : withinBudget(assault(run, { ...job, eps }, x0, y))
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
    if (before && best && !last) return job.earlyStop
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

/** The nearest adversarial point, and from there the nearest picture on the lattice. */
async function minimise(assault: Assault): Promise<Found> {
  const { model, job, x0, y } = assault
  const { point, end } = await nearestPoint(assault)
  return ended(assault, point, end, async () => point && nearestOnLattice(model, job, x0, y, point))
}

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
