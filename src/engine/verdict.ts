import { join } from 'node:path'
import { writeFileAtomic } from '../io/write-file.ts'
import type { NormName } from '../norms.ts'
import { verdictHtml } from '../report/verdict.ts'
import { checkParams, paramsFor } from './check-params.ts'
import type { AttackOptions, Check, Report, RunEvent, Share, Spread } from './options.ts'
import { loadAttack } from './registry.ts'
import { runAttack } from './run.ts'

/** What a verdict is asked for: pictures, and a model before and after its defense. Null: there was none before. */
export interface VerdictOptions
  extends Pick<
    AttackOptions,
    'images' | 'labels' | 'classes' | 'device' | 'threads' | 'batchSize' | 'seed' | 'limit' | 'force' | 'params'
  > {
  readonly before: ModelChoice | null
  readonly after: ModelChoice
  /** Default: linf. */
  readonly norm?: NormName
  /** Default: the attacks' own for the norm. */
  readonly eps?: number
  readonly out: string
  readonly command?: string
}

/** A model's file and how its pictures are prepared. */
export interface ModelChoice {
  readonly model: string
  readonly preprocess?: string
}

/** A sign of masked gradients: a check of ../../docs/checks.md, before and after. */
export interface Sign {
  readonly id: string
  readonly title: string
  /** Null: there was no model before. */
  readonly before: Seen | null
  readonly after: Seen
}
export interface Seen extends Pick<Check, 'status' | 'detail'> {
  /** Whether it speaks of masking. */
  readonly masks: boolean
}

/** One model, as the strong attacks found it. */
export interface Standing {
  readonly file: string
  readonly sha256: string
  readonly pictures: number
  readonly clean: Share | null
  /** Against all attacks of the run together. */
  readonly robust: Report['accuracy']['robust']
  /** Of each attack with the budget: the share of attacked pictures that it broke. */
  readonly success: Readonly<Record<string, Share | null>>
  /** Distances in L2 of the nearest adversarial pictures, over those that were found; of how many attacked ones. */
  readonly nearest: Readonly<
    Record<string, { readonly l2: Spread | null; readonly found: number; readonly of: number }>
  >
}

/** verdict.json, schema 1. */
export interface Verdict {
  readonly schema: 1
  readonly tool: string
  readonly version: string
  readonly date: string
  readonly command: string
  readonly seconds: number
  readonly norm: NormName
  readonly eps: number
  readonly before: Standing | null
  readonly after: Standing
  readonly signs: readonly Sign[]
  /** Whether any sign shows after the defense. */
  readonly masking: boolean
  /** `more` or `less`: robust accuracy after lies outside the interval of before, and the other way round. */
  readonly robustness: 'more' | 'less' | 'same' | null
  /** `fgsm` breaks fewer pictures than before, `pgd` does not: catastrophic overfitting, after training on single steps. */
  readonly singleStepOnly: boolean
  /** In words. */
  readonly conclusion: string
}

/** A single step, many steps, random search, and the standard of the field. */
const WITHIN = ['auto', 'fgsm', 'pgd', 'square'] as const
/** Without a budget; their distances are what a defense should make longer. */
const NEAREST = ['deepfool', 'fmn'] as const
/** Names that a verdict's parameters may begin with. */
export const VERDICT_ATTACKS = [...WITHIN, ...NEAREST]

/**
 * Attacks a model before and after its defense with the strong attacks, whatever the defense was made against, and looks
 * for the signs of masked gradients (Athalye et al. 2018, https://arxiv.org/abs/1802.00420, §3). The runs stay in `out`, with
 * verdict.json and verdict.html; one that was interrupted goes on.
 */
export async function judge(
  options: VerdictOptions,
  on: (event: RunEvent) => void = () => {},
  signal?: AbortSignal,
): Promise<Verdict> {
  const before = options.before && (await examine(options, 'before', options.before, on, signal))
  const after = await examine(options, 'after', options.after, on, signal)
  const verdict = verdictOf(before, after, options.command ?? 'advx (library)')
  await writeFileAtomic(join(options.out, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`)
  await writeFileAtomic(join(options.out, 'verdict.html'), verdictHtml(verdict))
  return verdict
}

/** The two runs of one model. */
export interface Examination {
  readonly within: Report
  readonly nearest: Report
}

async function examine(
  { before: _, after: __, out, norm = 'linf', eps, params = {}, ...rest }: VerdictOptions,
  name: string,
  model: ModelChoice,
  on: (event: RunEvent) => void,
  signal: AbortSignal | undefined,
): Promise<Examination> {
  const known = await Promise.all(VERDICT_ATTACKS.map(loadAttack))
  const takers = known.map(({ name, attack }) => ({ name, params: attack.params }))
  checkParams(params, takers, "a verdict's attacks")
  const run = async (folder: string, own: { readonly attacks: readonly string[] } & Partial<AttackOptions>) => {
    const theirs = paramsFor(
      params,
      takers.filter(taker => own.attacks.includes(taker.name)),
    )
    const options = { ...rest, ...model, ...own, params: theirs, out: join(out, name, folder) }
    return (await runAttack(options, on, signal)).report
  }
  return {
    within: await run('within', { attacks: WITHIN, norm, ...(eps === undefined ? {} : { eps: [eps] }) }),
    nearest: await run('nearest', { attacks: NEAREST, norm: 'l2' }),
  }
}

/** What two examinations say together. */
export function verdictOf(before: Examination | null, after: Examination, command: string): Verdict {
  const [was, is] = [before && standing(before), standing(after)]
  const signs = signsOf(before, after)
  const masking = signs.some(sign => sign.after.masks)
  const robustness = was?.robust && is.robust ? compare(was.robust, is.robust) : null
  const singleStepOnly = was !== null && fewer(was, is, 'fgsm') && !fewer(was, is, 'pgd')
  const { tool, version, date, accuracy } = after.within
  return {
    schema: 1,
    tool,
    version,
    date,
    command,
    seconds: [before, after].reduce((sum, e) => sum + (e ? e.within.seconds + e.nearest.seconds : 0), 0),
    norm: accuracy.robust!.norm,
    eps: accuracy.robust!.eps,
    before: was,
    after: is,
    signs,
    masking,
    robustness,
    singleStepOnly,
    conclusion: conclude(signs, robustness, singleStepOnly),
  }
}

function standing({ within, nearest }: Examination): Standing {
  const { model, images, accuracy, attacks } = within
  return {
    file: model.file,
    sha256: model.sha256,
    pictures: images.found - images.failed,
    clean: accuracy.clean,
    robust: accuracy.robust,
    success: Object.fromEntries(attacks.map(({ name, success }) => [name, success])),
    nearest: Object.fromEntries(
      nearest.attacks.map(({ name, attacked, success, distance }) => [
        name,
        { l2: distance.l2, found: Math.round((success?.value ?? 0) * attacked), of: attacked },
      ]),
    ),
  }
}

/** By id: the check, and from which of its results on it speaks of masking. */
const SIGNS: Readonly<Record<string, 'warn' | 'fail'>> = {
  V03: 'fail', // probabilities: saturation
  V04: 'fail', // a random model
  V08: 'warn', // shattered gradients
  V12: 'fail', // zero gradients
  V20: 'fail', // iterative weaker than a single step
  V22: 'fail', // unbounded attacks fail
  V25: 'fail', // noise beats attacks
  V26: 'fail', // black box stronger than white box
  V43: 'fail', // numbers that are not finite
}

function signsOf(before: Examination | null, after: Examination): Sign[] {
  return Object.entries(SIGNS).flatMap(([id, least]) => {
    const seen = (of: Examination): (Seen & { title: string }) | null => {
      const found = [of.within, of.nearest].flatMap(report => report.checks.filter(check => check.id === id))
      const worst = (['fail', 'warn', 'pass'] as const).flatMap(s => found.filter(({ status }) => status === s))[0]
      if (!worst) return null
      const { title, status, detail } = worst
      return { title, status, detail, masks: status === 'fail' || status === least }
    }
    const [was, is] = [before && seen(before), seen(after)]
    if (!is) return []
    const { title, ...own } = is
    return [{ id, title, before: was && { status: was.status, detail: was.detail, masks: was.masks }, after: own }]
  })
}

/** Whether an attack breaks fewer pictures after, beyond the intervals. */
function fewer(before: Standing, after: Standing, attack: string): boolean {
  const [was, is] = [before.success[attack], after.success[attack]]
  return was != null && is != null && is.high < was.low
}

const compare = (before: Share, after: Share): 'more' | 'less' | 'same' =>
  after.low > before.high ? 'more' : after.high < before.low ? 'less' : 'same'

function conclude(signs: readonly Sign[], robustness: Verdict['robustness'], singleStepOnly: boolean): string {
  const shown = signs.filter(sign => sign.after.masks).map(sign => sign.id)
  const change = {
    more: 'more robust than before',
    less: 'less robust than before',
    same: 'no more robust than before that could be told from chance',
  }
  const all = robustness === null ? '' : ` Against the attacks of this verdict it is ${change[robustness]}.`
  const one = singleStepOnly ? ' A single step breaks less than before, several do not: catastrophic overfitting.' : ''
  const what = all + one
  if (shown.length === 0) return `No sign of masked gradients.${what}`
  const seenThrough = shown.every(id => id === STRAIGHT)
  return `Masking, not robustness (${shown.join(', ')}): ${
    seenThrough
      ? 'the gradients of the model itself are 0 and tell an attacker nothing, but those here pass straight through.'
      : 'its gradients mislead attacks, and one that is made for this model may break more.'
  }${what}`
}

/** The sign that the attacks here see through. */
const STRAIGHT = 'V08'
