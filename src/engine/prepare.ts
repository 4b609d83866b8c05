import { expected } from '../errors.ts'
import { executorNamed } from '../exec/devices.ts'
import type { Artifact, Executor } from '../exec/executor.ts'
import { outputNames } from '../io/output-names.ts'
import { findSources, type Source } from '../io/sources.ts'
import { findClass, resolveClass } from '../models/class-names.ts'
import { readLabels } from '../models/labels.ts'
import { type Classifier, loadModel } from '../models/load.ts'
import { NORMS } from '../norms.ts'
import type { Job } from './attack-image.ts'
import type { AttackOptions, LabelFrom } from './options.ts'
import { type AttackPlan, type Pass, passes, planAttacks } from './plan.ts'
import { availableThreads, openPool, type Pool } from './pool.ts'
import { forwardOf, gradientOf, inAttack, type Target, type TracedAttack, trace } from './trace.ts'

/** A picture of the run: where it comes from, where it goes, what it shows. */
export interface Item {
  readonly source: Source
  /** Path below `clean/` and below each attack's folder. */
  readonly output: string
  /** Null: what the model says. */
  readonly label: number | null
  readonly labelFrom: LabelFrom
}

/** Everything that is settled before the first picture is attacked. */
export interface Prepared {
  readonly classifier: Classifier
  readonly plans: readonly AttackPlan[]
  readonly passes: readonly Pass[]
  readonly items: readonly Item[]
  readonly pictures: number
  readonly notes: readonly string[]
  /** Every picture's class to reach, a class each picture is least likely to be, or null: untargeted. */
  readonly target: number | 'least-likely' | null
  /** plan.json: what would make a result another one. */
  readonly record: Readonly<Record<string, unknown>>
  readonly out: string
  readonly seed: number
  readonly threads: number
  readonly executor: Executor
  readonly programs: Readonly<Record<string, Fn>>
  job(pass: Pass): Job
}
type Fn = Parameters<Executor['compile']>[0]

/** Checks all that can be checked without running the model. */
export async function prepare(options: AttackOptions): Promise<Prepared> {
  const { images, model = 'fashion-resnet', attacks = ['pgd'], params = {}, out = 'advx-out', seed = 0 } = options
  const plans = await planAttacks({ attacks, norm: options.norm, eps: options.eps, params })
  const executor = executorNamed(options.device ?? 'auto')
  const classifier = await loadModel(model, {
    ...(options.preprocess === undefined ? {} : { preprocess: options.preprocess }),
    ...(options.classes === undefined ? {} : { classes: options.classes }),
  })
  const target =
    options.target === undefined
      ? null
      : options.target === 'least-likely'
        ? 'least-likely'
        : resolveClass(options.target, classifier.classes, '--target')
  const found = await findSources(images, { out })
  const sources = found.sources.slice(0, options.limit ?? Infinity)
  const labels = options.labels === undefined ? null : await readLabels(options.labels, classifier.classes)
  const { items, notes } = label(sources, labels, classifier)
  checkGate(options, items, target)
  const traced = traceAll(plans, classifier, target !== null)
  const passList = passes(plans)
  return {
    classifier,
    plans,
    passes: passList,
    items,
    pictures: items.length,
    notes: [...classifier.notes, ...found.notes, ...notes],
    target,
    out,
    seed,
    threads: options.threads ?? availableThreads(),
    executor,
    programs: traced.programs,
    record: record(options, classifier, plans, target, labels, executor.name, seed),
    job: pass =>
      job(pass, traced.attacks[pass.plan.name], classifier, target !== null, options.earlyStop ?? true, seed),
  }
}

/** Compiles the programs and opens them, with as many images together as the model likes. */
export async function open(
  prepared: Prepared,
): Promise<{ pool: Pool; batch: number; milliseconds: number; notes: string[] }> {
  const { executor, programs, classifier, threads } = prepared
  const artifacts: Record<string, Artifact> = {}
  for (const [name, fn] of Object.entries(programs)) artifacts[name] = await executor.compile(fn)
  const pool = await openPool(executor, artifacts, threads)
  try {
    return { pool, ...(await calibrate(pool, Object.keys(programs), classifier)) }
  } catch (error) {
    await pool.close()
    throw error
  }
}

/**
 * Images a batch: 1 where a step costs 10 ms or more an image, up to 16 where it is fast; and 1 where pictures together
 * do not get, to the last bit, what each gets alone: a result must not depend on batch mates.
 */
async function calibrate(
  pool: Pool,
  names: readonly string[],
  { input, classes, batch: able }: Classifier,
): Promise<{ batch: number; milliseconds: number; notes: string[] }> {
  const noise = (seed: number): Uint8Array =>
    Uint8Array.from(
      { length: input.channels * input.height * input.width },
      (_, i) => (Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453) & 255,
    )
  const heavy = names.find(name => name.endsWith('/heavy'))!
  const { milliseconds } = await pool.trial(heavy, [noise(0), noise(1)], classes.length)
  const wanted = able === 1 || milliseconds >= 10 ? 1 : milliseconds >= 3 ? 4 : 16
  if (wanted === 1) return { batch: 1, milliseconds, notes: [] }
  // Full, and half full with other pictures in other rows.
  const batches = [wanted, Math.ceil(wanted / 2) + 1].map((n, k) =>
    Array.from({ length: n }, (_, i) => noise(7 * k + i)),
  )
  for (const name of names)
    for (const pictures of batches)
      if (!(await pool.trial(name, pictures, classes.length)).same)
        return {
          batch: 1,
          milliseconds,
          notes: [`Pictures run one at a time: in a batch the model's '${name}' part gives other bits than alone.`],
        }
  await pool.setBatch(wanted)
  return { batch: wanted, milliseconds, notes: [] }
}

function label(
  sources: readonly Source[],
  csv: ReadonlyMap<string, number> | null,
  { classes }: Classifier,
): { items: Item[]; notes: string[] } {
  const outputs = outputNames(sources.map(s => s.name))
  const folders = new Map<string, number | undefined>()
  const known = (folder: string): number | undefined => {
    if (!folders.has(folder)) folders.set(folder, classOfFolder(folder, classes))
    return folders.get(folder)
  }
  const items = sources.map((source, i): Item => {
    const given = csv?.get(source.name)
    if (given !== undefined) return { source, output: outputs[i], label: given, labelFrom: 'csv' }
    const k = source.folder === null ? undefined : known(source.folder)
    return { source, output: outputs[i], label: k ?? null, labelFrom: k === undefined ? 'prediction' : 'folder' }
  })
  const notes: string[] = []
  const unlabelled = items.filter(item => item.label === null).length
  if (unlabelled > 0)
    notes.push(
      `${unlabelled} of ${items.length} pictures have no label (no entry in a CSV file, and their folder is no class): the model's own prediction is attacked, and clean accuracy leaves them out.`,
    )
  const names = new Set(sources.map(s => s.name))
  const unused = csv ? [...csv.keys()].filter(name => !names.has(name)) : []
  if (unused.length > 0)
    notes.push(`${unused.length} labels are for pictures that are not there, such as '${unused[0]}'.`)
  return { items, notes }
}

/** The class that a folder's name is, by name or index. */
function classOfFolder(folder: string, classes: readonly string[]): number | undefined {
  const found = findClass(folder, classes)
  if (found.length < 2) return found[0]
  const hint = 'Name the folder by the index, or give --labels.'
  throw expected(
    'usage',
    'a folder that names one class',
    'the label',
    folder,
    `Classes ${found.join(', ')} have that name. ${hint}`,
  )
}

function checkGate({ failUnder, labelFrom }: AttackOptions, items: readonly Item[], target: Prepared['target']): void {
  if (failUnder === undefined) return
  if (target !== null)
    throw expected(
      'usage',
      'an untargeted attack',
      '--fail-under',
      '--target',
      'Robust accuracy is not defined for targeted attacks.',
    )
  const unlabelled = items.find(item => item.label === null)
  if (unlabelled && labelFrom !== 'prediction')
    throw expected(
      'usage',
      'a label for every picture',
      '--fail-under',
      unlabelled.source.name,
      'Give --labels, or --label-from prediction to gate on what the model says.',
    )
}

function traceAll(
  plans: readonly AttackPlan[],
  { graph, classes, logits, constants }: Classifier,
  targeted: boolean,
): { programs: Record<string, Fn>; attacks: Record<string, TracedAttack> } {
  const target: Target = {
    shape: graph.input.shape,
    classes: classes.length,
    logits,
    constants,
  }
  const programs: Record<string, Fn> = { forward: forwardOf(target) }
  const attacks: Record<string, TracedAttack> = {}
  for (const { name, attack, norm, params } of plans) {
    try {
      const traced = trace(attack, NORMS[norm]!, targeted, params, target)
      attacks[name] = traced
      programs[`${name}/heavy`] = traced.heavy
      programs[`${name}/light`] = traced.light
      if (traced.start) programs[`${name}/start`] = traced.start
      if (!traced.gradient) programs[`${name}/gradient`] = gradientOf(target, targeted)
    } catch (cause) {
      throw inAttack(name, cause)
    }
  }
  return { programs, attacks }
}

function job(
  { plan, eps }: Pass,
  traced: TracedAttack,
  { input, classes }: Classifier,
  targeted: boolean,
  earlyStop: boolean,
  seed: number,
): Job {
  return {
    key: plan.name,
    norm: plan.norm,
    eps,
    params: plan.params,
    targeted,
    earlyStop,
    seed,
    classes: classes.length,
    channels: input.channels,
    hasStart: traced.start !== null,
    gradient: traced.gradient,
    startDraws: traced.startDraws,
    stepDraws: traced.stepDraws,
  }
}

function record(
  { labelFrom, earlyStop = true }: AttackOptions,
  { sha256, weights, classes, preprocessing }: Classifier,
  plans: readonly AttackPlan[],
  target: Prepared['target'],
  labels: ReadonlyMap<string, number> | null,
  device: string,
  seed: number,
): Record<string, unknown> {
  return {
    schema: 1,
    model: sha256,
    weights,
    classes: classes.length,
    preprocessing: preprocessing.json,
    attacks: plans.map(({ name, sha256, norm, eps, params }) => ({
      name,
      sha256,
      norm,
      eps,
      params,
    })),
    target,
    labels: labels ? Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1))) : null,
    labelFrom: labelFrom ?? null,
    earlyStop,
    seed,
    device,
  }
}
