import { reachesPicture } from '../models/import/passage.ts'
import { threat } from '../report/figures.ts'
import { consistency } from './consistency.ts'
import { grouped } from './grouped.ts'
import { inside, levelsOf } from './lattice.ts'
import type { Check, Line } from './options.ts'
import type { Context } from './picture.ts'
import type { AttackPlan } from './plan.ts'

/** What is seen of the model itself on the first pictures. */
export interface Facts {
  readonly pictures: number
  /** Pictures whose outputs lie in [0, 1] and sum to 1. */
  readonly probabilities: number
  /** Pictures whose logits came out differently when it ran twice. */
  readonly unstable: number
  /** Whether its own gradient reaches the picture, not only one that passes straight through rounding. */
  readonly differentiable: boolean
}

const PICTURES = 5
const RUNS = 2

/** Runs the model on the first readable pictures, twice each. */
export async function observe(context: Context): Promise<Facts> {
  let [pictures, probabilities, unstable] = [0, 0, 0]
  for (const item of context.prepared.items) {
    if (pictures === PICTURES) break
    const read = await context.read(item).catch(() => null)
    if (!read) continue
    pictures++
    const runs = await Promise.all(Array.from({ length: RUNS }, () => context.pool.classify(read.picture.levels)))
    const [logits] = runs
    const sum = logits.reduce((a, b) => a + b, 0)
    if (logits.every(z => z >= 0 && z <= 1) && Math.abs(sum - 1) < 1e-3) probabilities++
    if (runs.some(run => run.some((z, k) => !Object.is(z, logits[k])))) unstable++
  }
  const { input, logits } = context.prepared.classifier.graph
  return { pictures, probabilities, unstable, differentiable: reachesPicture(input, logits, { exact: true }) }
}

/** The checks of ../../docs/checks.md that every run makes, by the ids of the evaluation literature. */
export function checks(lines: readonly Line[], plans: readonly AttackPlan[], classes: number, facts: Facts): Check[] {
  return [
    cleanAccuracy(lines, classes),
    logits(facts),
    deterministic(facts),
    ...gradients(lines),
    differentiable(facts),
    ...consistency(lines, plans),
    noise(lines),
    finite(lines),
    written(lines),
  ]
    .filter(check => check !== null)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** V01: at chance level there is nothing to attack, and most often the preprocessing is wrong. */
function cleanAccuracy(lines: readonly Line[], classes: number): Check {
  const images = new Map(lines.filter(l => l.clean && l.labelFrom !== 'prediction').map(l => [l.image, l]))
  const right = [...images.values()].filter(l => l.clean!.class === l.label).length
  const base = { id: 'V01', title: 'Clean accuracy is well above chance' }
  if (images.size === 0) return { ...base, status: 'warn', detail: 'no picture has a given label' }
  const accuracy = right / images.size
  const least = Math.min(2 / classes, (1 + 1 / classes) / 2)
  const detail = `${right} of ${images.size} right; at least ${percent(least)} expected of ${classes} classes`
  return accuracy >= least
    ? { ...base, status: 'pass', detail }
    : { ...base, status: 'fail', detail: `${detail}: is --preprocess or --labels right?` }
}

/** V03: losses act on logits; on probabilities gradients vanish. */
function logits({ probabilities, pictures }: Facts): Check {
  const detail = `${probabilities} of ${pictures} pictures give outputs in [0, 1] that sum to 1`
  const all = pictures > 0 && probabilities === pictures
  return { id: 'V03', title: 'The model gives logits, not probabilities', status: all ? 'fail' : 'pass', detail }
}

/** V04 */
function deterministic({ unstable, pictures }: Facts): Check {
  const detail = `${unstable} of ${pictures} pictures gave other logits in ${RUNS} runs`
  return { id: 'V04', title: 'The model is deterministic', status: unstable > 0 ? 'fail' : 'pass', detail }
}

/** V08: rounding on every way has a gradient of 0, which hides the picture from whoever follows it. */
function differentiable({ differentiable: own }: Facts): Check {
  return {
    id: 'V08',
    title: 'The model has a gradient of its own',
    status: own ? 'pass' : 'warn',
    detail: own
      ? 'a way from the picture to the scores leads through no rounding'
      : 'every way from the picture to the scores leads through rounding, whose gradient is 0: attacks pass straight through it',
  }
}

/** Attacks that may stay where they began, as a share, before it is a failure. */
const STUCK = 0.05

/** V06 and V12 */
function gradients(lines: readonly Line[]): Check[] {
  const attacked = lines.filter(l => l.gradients > 0)
  const total = attacked.reduce((n, l) => n + l.gradients, 0)
  const zero = attacked.reduce((n, l) => n + l.zeroGradients, 0)
  const images = attacked.filter(l => l.zeroGradients > 0).length
  const never = attacked.filter(l => l.zeroGradients === l.gradients).length
  const stuck = attacked.filter(
    l => l.zeroGradients > 0 && l.outcome === 'robust' && l.beforeRounding?.linf === 0,
  ).length
  const sure = attacked.filter(l => Math.fround(l.clean!.confidence) === 1).length
  return [
    {
      id: 'V06',
      title: 'A gradient exists and is not zero',
      status: images > 0 ? 'warn' : 'pass',
      detail: `${zero} of ${total} gradients are zero in every value, in ${images} of ${attacked.length} attacked pictures`,
    },
    {
      id: 'V12',
      title: 'The loss is not saturated',
      status:
        never > 0 || stuck > STUCK * attacked.length
          ? 'fail'
          : stuck > 0 || (sure > 0 && attacked.some(l => l.attack === 'fgsm'))
            ? 'warn'
            : 'pass',
      detail: `${never} of ${attacked.length} attacked pictures never had a gradient, ${stuck} were never left for want of one; of ${sure} the model is so sure that the textbook loss of fgsm is rounded (1 − p is 0 in float32)`,
    },
  ]
}

/** V43 */
function finite(lines: readonly Line[]): Check {
  const nonFinite = lines.reduce((n, l) => n + l.nonFinite, 0)
  return {
    id: 'V43',
    title: 'Logits and gradients are finite',
    status: nonFinite > 0 ? 'fail' : 'pass',
    detail: `${nonFinite} vectors held a value that is not finite`,
  }
}

/**
 * V25, per picture and per attack: what no attack of the run broke within a budget must not fall to noise of that
 * budget, and no attack may break fewer pictures than one sample of noise each. Null: no picture was attacked inside a
 * budget.
 */
function noise(lines: readonly Line[]): Check | null {
  const tried = lines.filter(l => l.noise !== null)
  if (tried.length === 0) return null
  const images = grouped(tried, l => l.image)
  const missed = [...images.values()].filter(own =>
    own.some(
      ({ norm, eps, noise }) =>
        noise!.fooled > 0 && !own.some(l => l.outcome === 'adversarial' && inside(norm, eps!, l.distance!)),
    ),
  ).length
  const passes = [...grouped(tried, l => `${l.attack} ${l.norm} ${l.eps}`).values()]
  const beaten = passes.filter(
    own => own.filter(l => l.noise!.first).length > own.filter(l => l.outcome === 'adversarial').length,
  )
  const samples = tried.reduce((total, l) => total + l.noise!.samples, 0)
  const names = beaten.map(([{ attack, norm, eps }]) => `${attack} at ${threat(norm, eps)}`).join(', ')
  return {
    id: 'V25',
    title: 'Noise of the same budget does worse than the attacks',
    status: missed > 0 || beaten.length > 0 ? 'fail' : 'pass',
    detail: `${missed} of ${images.size} attacked pictures resisted every attack and not noise; ${beaten.length} of ${passes.length} attacks${names && ` (${names})`} broke fewer pictures than noise; ${samples} samples`,
  }
}

/** V44, from the pictures as they lie on disk. */
function written(lines: readonly Line[]): Check {
  const files = lines.filter(l => l.file !== null)
  const outside = files.filter(l => l.eps !== null && !inside(l.norm, l.eps, l.distance!))
  const lost = files.filter(l => l.outcome !== 'adversarial').length
  const linf = files.filter(l => l.norm === 'linf' && l.eps !== null)
  const most = linf.reduce((max, l) => Math.max(max, Math.round(255 * l.distance!.linf)), 0)
  const allowed = linf.reduce((max, l) => Math.max(max, levelsOf(l.eps!)), 0)
  return {
    id: 'V44',
    title: 'Every written picture lies inside ball and box, read from disk',
    status: outside.length > 0 || lost > 0 ? 'fail' : 'pass',
    detail: `${outside.length} of ${files.length} written pictures are outside, ${lost} are not adversarial${linf.length > 0 ? `; at most ${most} of ${allowed} levels in Linf` : ''}`,
  }
}

const percent = (value: number): string => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`
