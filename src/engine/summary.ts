import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, cpus, platform } from 'node:os'
import { pathToFileURL } from 'node:url'
import { chooseForGallery } from '../report/gallery.ts'
import type { Thumbnail } from '../report/html.ts'
import { checks, type Facts } from './checks.ts'
import type { NormName } from '../norms.ts'
import { inside } from './lattice.ts'
import { share, spread } from './metrics.ts'
import type { AttackSummary, LabelFrom, Line, Report } from './options.ts'
import type { AttackPlan, Pass } from './plan.ts'
import type { Prepared } from './prepare.ts'

/** How a run went, besides its lines. */
export interface Circumstances {
  readonly command: string
  readonly model: string
  readonly seconds: number
  readonly threads: number
  readonly batch: number
  readonly millisecondsPerGradient: number
  readonly failUnder: number | null
  readonly notes: readonly string[]
}

/** report.json, from the lines of results.jsonl. */
export function summarise(prepared: Prepared, lines: readonly Line[], facts: Facts, run: Circumstances): Report {
  const { classifier, passes, target, seed } = prepared
  const images = byImage(lines)
  const usable = images.filter(group => group[0].outcome !== 'failed')
  const labelled = usable.filter(([line]) => line.labelFrom !== 'prediction')
  const right = ([line]: readonly Line[]): boolean => line.clean!.class === line.label
  const robust = target === null ? robustAccuracy(usable, prepared) : null
  return {
    schema: 1,
    tool: 'advx',
    version: version(),
    date: new Date().toISOString(),
    command: run.command,
    seconds: Math.round(run.seconds * 1000) / 1000,
    model: {
      file: classifier.file,
      path: run.model,
      sha256: classifier.sha256,
      classes: classifier.classes.length,
      classNames: classifier.classes,
      input: [classifier.input.channels, classifier.input.height, classifier.input.width],
      preprocessing: classifier.preprocessing.json,
      notes: classifier.notes,
    },
    images: {
      found: images.length,
      failed: images.length - usable.length,
      skipped: usable.filter(([line]) => line.outcome === 'skipped').length,
      misclassified: usable.filter(([line]) => line.outcome === 'misclassified').length,
      attacked: usable.filter(([line]) => line.outcome === 'adversarial' || line.outcome === 'robust').length,
      labelFrom: count(usable.map(([line]) => line.labelFrom!)),
    },
    target: target === null ? null : typeof target === 'number' ? classifier.classes[target] : target,
    accuracy: { clean: share(labelled.filter(right).length, labelled.length), robust },
    attacks: passes.map(pass => summary(pass, prepared, lines, usable)),
    checks: checks(lines, classifier.classes.length, facts),
    gate:
      run.failUnder === null
        ? null
        : { failUnder: run.failUnder, passed: robust !== null && robust.value >= run.failUnder },
    seed,
    runtime: {
      device: prepared.executor.name,
      threads: run.threads,
      batch: run.batch,
      millisecondsPerGradient: Math.round(run.millisecondsPerGradient * 1000) / 1000,
      node: process.version,
      onnxruntime: dependency('onnxruntime-node'),
      sharp: dependency('sharp'),
      platform: `${platform()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
    },
    notes: run.notes,
  }
}

/** Interrupted runs do not come here; of the others, by rank: 5, 4, 1. */
export function exitCode({ checks, images, gate }: Report, strict: boolean): number {
  if (strict && checks.some(check => check.status === 'fail')) return 5
  if (strict && images.failed > 0) return 4
  return gate && !gate.passed ? 1 : 0
}

/** The lines of each image. */
function byImage(lines: readonly Line[]): Line[][] {
  const groups = new Map<string, Line[]>()
  for (const line of lines) {
    const group = groups.get(line.image)
    if (group) group.push(line)
    else groups.set(line.image, [line])
  }
  return [...groups.values()]
}

/**
 * At the first attack's norm and the largest budget there, of an attack or asked for: the usable pictures that are
 * classified rightly and that no attack of the run broke within it, whatever the budget it ran with.
 */
function robustAccuracy(
  usable: readonly (readonly Line[])[],
  { passes, budgets }: Prepared,
): Report['accuracy']['robust'] {
  const { norm } = passes[0].plan
  const own = passes.flatMap(p => (p.plan.norm === norm && p.eps !== null ? [p.eps] : []))
  if (own.length + budgets.length === 0) return null
  const eps = Math.max(...own, ...budgets)
  const result = share(usable.filter(standing(norm, eps)).length, usable.length)
  return result && { ...result, norm, eps }
}

/** Whether a picture is classified rightly and its lines show no adversarial one within the budget. */
const standing =
  (norm: NormName, eps: number) =>
  (group: readonly Line[]): boolean =>
    group[0].clean!.class === group[0].label &&
    !group.some(line => line.outcome === 'adversarial' && inside(norm, eps, line.distance!))

const POINTS = 20

/** Robust accuracy of one attack over the budget: where it was asked for, else evenly up to the largest distance. */
function curve(
  { name, norm }: AttackPlan,
  budgets: readonly number[],
  usable: readonly (readonly Line[])[],
): AttackSummary['curve'] {
  const groups = usable.map(group => [group.find(line => line.attack === name)!])
  const most = Math.max(0, ...groups.map(([line]) => (line.outcome === 'adversarial' ? line.distance![norm] : 0)))
  const even = [...new Set(Array.from({ length: POINTS }, (_, i) => evenly(norm, most, (i + 1) / POINTS)))]
  const at = budgets.length > 0 ? [...budgets].sort((a, b) => a - b) : most > 0 ? even : []
  return at.map(eps => ({ eps, robust: share(groups.filter(standing(norm, eps)).length, groups.length)! }))
}

/** A share of a length; in whole levels or pixels where the norm counts these. */
const evenly = (norm: NormName, most: number, part: number): number =>
  norm === 'linf' ? Math.ceil(255 * most * part - 1e-6) / 255 : norm === 'l0' ? Math.ceil(most * part) : most * part

function summary(
  { plan, eps }: Pass,
  { budgets, target }: Prepared,
  all: readonly Line[],
  usable: readonly (readonly Line[])[],
): AttackSummary {
  const lines = all.filter(line => line.attack === plan.name && line.eps === eps)
  const broken = lines.filter(line => line.outcome === 'adversarial')
  const robust = lines.filter(line => line.outcome === 'robust')
  const before = lines.flatMap(line => (line.beforeRounding?.adversarial ? [line.beforeRounding] : []))
  const total = (of: (line: Line) => number): number => lines.reduce((sum, line) => sum + of(line), 0)
  const distance = (norm: 'linf' | 'l2' | 'l1' | 'l0') => spread(broken.map(line => line.distance![norm]))
  return {
    name: plan.name,
    title: plan.attack.title,
    paper: plan.attack.paper,
    norm: plan.norm,
    eps,
    params: plan.params,
    success: share(broken.length, broken.length + robust.length),
    robust: eps === null ? null : share(robust.length, usable.length),
    curve: eps === null && target === null && usable.length > 0 ? curve(plan, budgets, usable) : null,
    distance: { linf: distance('linf'), l2: distance('l2'), l1: distance('l1'), l0: distance('l0') },
    lostByRounding: robust.filter(line => line.beforeRounding?.adversarial).length,
    beforeRounding: spread(before.map(line => line[plan.norm])),
    gradients: total(line => line.gradients),
    forwards: total(line => line.forwards),
    lattice: { gradients: total(line => line.lattice.gradients), forwards: total(line => line.lattice.forwards) },
  }
}

/** The pictures that report.html shows. */
export function thumbnails(lines: readonly Line[], { items, classifier }: Prepared): Thumbnail[] {
  const output = new Map(items.map(item => [item.source.name, item.output]))
  const name = (k: number): string => classifier.classes[k]
  return chooseForGallery(lines).map(line => ({
    image: line.image,
    attack: line.attack,
    eps: line.eps,
    clean: `clean/${output.get(line.image)}`,
    adversarial: line.file,
    from: name(line.clean!.class),
    to: name(line.adversarial!.class),
    confidence: line.adversarial!.confidence,
  }))
}

function count(values: readonly LabelFrom[]): Partial<Record<LabelFrom, number>> {
  const counts: Partial<Record<LabelFrom, number>> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

const version = (): string => packageAt(new URL('.', import.meta.url), 'advx').version

/** The installed version of a dependency. */
function dependency(name: string): string {
  try {
    return packageAt(new URL('.', pathToFileURL(createRequire(import.meta.url).resolve(name))), name).version
  } catch {
    return 'unknown'
  }
}

/** The package.json of a package above one of its folders. */
function packageAt(folder: URL, name: string): { version: string } {
  for (let at = folder; ; at = new URL('..', at)) {
    try {
      const found = JSON.parse(readFileSync(new URL('package.json', at), 'utf8'))
      if (found.name === name) return found
    } catch {}
    if (at.pathname === new URL('..', at).pathname) throw new Error(`package.json of ${name} is missing`)
  }
}
