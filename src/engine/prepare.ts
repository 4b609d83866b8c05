import { AdvxError } from '../errors.ts'
import { executorNamed, resolveDevice } from '../exec/devices.ts'
import type { Executor } from '../exec/executor.ts'
import { findSources } from '../io/sources.ts'
import { resolveClass } from '../models/class-names.ts'
import { reachesPicture } from '../models/import/passage.ts'
import { readLabels } from '../models/labels.ts'
import { type Classifier, loadModel } from '../models/load.ts'
import { type AttackPrograms, programsOf } from './attack-programs.ts'
import { checkGate } from './gate.ts'
import { layersWanted, readGuides } from './guides.ts'
import { type Item, itemsOf } from './items.ts'
import type { Job } from './job.ts'
import type { AttackOptions } from './options.ts'
import { type AttackPlan, type Pass, passes, planAttacks } from './plan.ts'
import type { Read } from './reader.ts'
import { inAttack, type Target } from './trace.ts'

/** Everything that is settled before the first picture is attacked. */
export interface Prepared {
  readonly classifier: Classifier
  readonly plans: readonly AttackPlan[]
  readonly passes: readonly Pass[]
  /** Budgets that were asked for: where attacks without one are counted. */
  readonly budgets: readonly number[]
  readonly items: readonly Item[]
  readonly pictures: number
  readonly notes: readonly string[]
  /** Every picture's class to reach, a class each picture is least likely to be, or null: untargeted. */
  readonly target: number | 'least-likely' | null
  /** plan.json: what would make a result another one. */
  readonly record: Readonly<Record<string, unknown>>
  readonly out: string
  readonly seed: number
  readonly executor: Executor
  readonly programs: Readonly<Record<string, Fn>>
  job(pass: Pass): Job
}
type Fn = Parameters<Executor['compile']>[0]

/** Checks all that can be checked without running the model. */
export async function prepare(options: AttackOptions, given?: Executor): Promise<Prepared> {
  const executor = given ?? executorNamed(await resolveDevice(options.device))
  const { images, model = 'fashion-resnet', attacks = ['pgd'], params = {}, out = 'advx-out', seed = 0 } = options
  const plans = await planAttacks({ attacks, norm: options.norm, eps: options.eps, params })
  const classifier = await loadModel(model, {
    ...(options.preprocess === undefined ? {} : { preprocess: options.preprocess }),
    ...(options.classes === undefined ? {} : { classes: options.classes }),
    ...(options.output === undefined ? {} : { output: options.output }),
    layers: layersWanted(plans),
  })
  const guides = await readGuides(plans, classifier)
  const target =
    options.target === undefined
      ? null
      : options.target === 'least-likely'
        ? 'least-likely'
        : resolveClass(options.target, classifier.classes, '--target')
  const found = await findSources(images, { out })
  const sources = found.sources.slice(0, options.limit ?? Infinity)
  const labels = options.labels === undefined ? null : await readLabels(options.labels, classifier.classes)
  const { items, notes } = itemsOf(sources, labels, classifier.classes)
  checkGate(options, items, target, plans)
  const attackPrograms = programsOfAll(plans, classifier, target !== null)
  const passList = passes(plans)
  return {
    classifier,
    plans,
    passes: passList,
    budgets: options.eps ?? [],
    items,
    pictures: items.length,
    notes: [...classifier.notes, ...found.notes, ...notes, ...notesOf(plans, classifier.classes.length)],
    target,
    out,
    seed,
    executor,
    programs: Object.assign({}, ...Object.values(attackPrograms).map(({ programs }) => programs)),
    record: record(options, classifier, plans, guides, target, labels, executor.name, seed),
    job: ({ plan, eps }) =>
      attackPrograms[plan.name].job(eps, {
        earlyStop: options.earlyStop ?? true,
        seed,
        guide: guides.get(plan.name)?.picture.levels ?? null,
      }),
  }
}

/** What the attacks say of themselves, each thing once. */
const notesOf = (plans: readonly AttackPlan[], classes: number): string[] => [
  ...new Set(
    plans
      .flatMap(plan => (plan.stages.length > 0 ? plan.stages : [plan]))
      .map(({ attack, params }) => attack.note?.(params, classes) ?? null)
      .filter(note => note !== null),
  ),
]

function programsOfAll(
  plans: readonly AttackPlan[],
  { graph, classes, logits, layers, constants, path }: Classifier,
  targeted: boolean,
): Record<string, AttackPrograms> {
  const target: Target = {
    shape: graph.input.shape,
    classes: classes.length,
    logits,
    layers,
    constants,
  }
  const attacks: Record<string, AttackPrograms> = {}
  for (const plan of plans) {
    try {
      attacks[plan.name] = programsOf(plan, target, targeted)
    } catch (cause) {
      if (!reachesPicture(graph.input, graph.logits))
        throw new AdvxError('model', `${path}: No gradient reaches the picture. advx inspect says where it ends.`, {
          cause,
        })
      throw inAttack(plan.name, cause)
    }
  }
  return attacks
}

function record(
  { labelFrom, earlyStop = true }: AttackOptions,
  { sha256, weights, output, classes, preprocessing }: Classifier,
  plans: readonly AttackPlan[],
  guides: ReadonlyMap<string, Read>,
  target: Prepared['target'],
  labels: ReadonlyMap<string, number> | null,
  device: string,
  seed: number,
): Record<string, unknown> {
  return {
    schema: 1,
    model: sha256,
    weights,
    output,
    classes: classes.length,
    preprocessing: preprocessing.json,
    attacks: plans.map(({ name, sha256, norm, eps, params, stages }) => ({
      name,
      sha256,
      norm,
      eps,
      params,
      ...(stages.length > 0 ? { stages: stages.map(({ name, sha256, params }) => ({ name, sha256, params })) } : {}),
      ...(guides.has(name) ? { guide: guides.get(name)?.sha256 } : {}),
    })),
    target,
    labels: labels ? Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1))) : null,
    labelFrom: labelFrom ?? null,
    earlyStop,
    seed,
    device,
  }
}
