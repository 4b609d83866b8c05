import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, cpus, platform, totalmem } from 'node:os'
import { pathToFileURL } from 'node:url'
import { checks, type Facts } from './checks.ts'
import { classFigures } from './class-figures.ts'
import { confusion } from './confusion.ts'
import { curves } from './curves.ts'
import { gateOf } from './gate.ts'
import { share, spread } from './metrics.ts'
import type { AttackSummary, LabelFrom, Line, NoiseSummary, Report } from './options.ts'
import type { Pass } from './plan.ts'
import type { Prepared } from './prepare.ts'
import { byImage, type Group, holds, isRight, stands } from './robustness.ts'
import { takers } from './takers.ts'

/** How a run went, besides its lines. */
export interface Circumstances {
  readonly command: string
  readonly model: string
  readonly seconds: number
  readonly threads: number
  readonly batch: number
  readonly millisecondsPerGradient: number
  /** How images lie in memory. */
  readonly layout: string
  readonly failUnder: number | null
  /** Of results.jsonl. */
  readonly resultsSha256: string
  readonly notes: readonly string[]
}

/** report.json, from the lines of results.jsonl. */
export function summarise(prepared: Prepared, lines: readonly Line[], facts: Facts, run: Circumstances): Report {
  const { classifier, passes, target, seed } = prepared
  const images = byImage(lines)
  const usable = images.filter(group => group[0].outcome !== 'failed')
  const labelled = usable.filter(([line]) => line.labelFrom !== 'prediction')
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
      output: classifier.output,
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
    accuracy: { clean: share(labelled.filter(isRight).length, labelled.length), robust },
    attacks: passes.map(pass => summary(pass, lines, usable.length)),
    broken: takers(prepared.plans, usable, robust),
    classes: classFigures(usable, classifier.classes, group => holds(group, robust)),
    confusion: confusion(lines),
    curves: target === null ? curves(usable) : [],
    checks: checks(lines, prepared.plans, classifier.classes.length, facts),
    gate: run.failUnder === null ? null : gateOf(run.failUnder, usable, robust),
    seed,
    results: { lines: lines.length, sha256: run.resultsSha256 },
    runtime: {
      device: prepared.executor.name,
      layout: run.layout,
      threads: run.threads,
      batch: run.batch,
      millisecondsPerGradient: Math.round(run.millisecondsPerGradient * 1000) / 1000,
      node: process.version,
      onnxruntime: dependency('onnxruntime-node'),
      sharp: dependency('sharp'),
      platform: `${platform()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
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

/**
 * At the first attack's norm and the largest budget there, of an attack or asked for: the usable pictures that are
 * classified rightly and that no attack of the run broke within it, whatever the budget it ran with.
 */
function robustAccuracy(usable: readonly Group[], { passes, budgets }: Prepared): Report['accuracy']['robust'] {
  const { norm } = passes[0].plan
  const own = passes.flatMap(p => (p.plan.norm === norm && p.eps !== null ? [p.eps] : []))
  if (own.length + budgets.length === 0) return null
  const eps = Math.max(...own, ...budgets)
  const result = share(usable.filter(group => stands(group, norm, eps)).length, usable.length)
  return result && { ...result, norm, eps }
}

function summary({ plan, eps }: Pass, all: readonly Line[], usable: number): AttackSummary {
  const lines = all.filter(line => line.attack === plan.name && line.eps === eps)
  const broken = lines.filter(line => line.outcome === 'adversarial')
  const robust = lines.filter(line => line.outcome === 'robust')
  const before = lines.flatMap(line => (line.beforeRounding?.adversarial ? [line.beforeRounding] : []))
  const total = (of: (line: Line) => number): number => lines.reduce((sum, line) => sum + of(line), 0)
  const distance = (norm: 'linf' | 'l2' | 'l1' | 'l0') => spread(broken.map(line => line.distance![norm]))
  return {
    name: plan.name,
    sha256: plan.sha256,
    title: plan.attack.title,
    paper: plan.attack.paper,
    norm: plan.norm,
    eps,
    params: plan.params,
    ...(plan.stages.length === 0
      ? {}
      : {
          stages: plan.stages.map(({ name, attack: { title, paper }, params }) => ({ name, title, paper, params })),
        }),
    attacked: broken.length + robust.length,
    success: share(broken.length, broken.length + robust.length),
    robust: eps === null ? null : share(robust.length, usable),
    distance: { linf: distance('linf'), l2: distance('l2'), l1: distance('l1'), l0: distance('l0') },
    lostByRounding: robust.filter(line => line.beforeRounding?.adversarial).length,
    beforeRounding: spread(before.map(line => line[plan.norm])),
    gradients: total(line => line.gradients),
    forwards: total(line => line.forwards),
    lattice: { gradients: total(line => line.lattice.gradients), forwards: total(line => line.lattice.forwards) },
    noise: noise(lines),
  }
}

function noise(lines: readonly Line[]): NoiseSummary | null {
  const tried = lines.filter(line => line.noise)
  const result = share(tried.filter(line => line.noise!.first).length, tried.length)
  return (
    result && {
      ...result,
      samples: tried.reduce((total, line) => total + line.noise!.samples, 0),
      missed: tried.filter(line => line.outcome === 'robust' && line.noise!.fooled > 0).length,
    }
  )
}

function count(values: readonly LabelFrom[]): Partial<Record<LabelFrom, number>> {
  const counts: Partial<Record<LabelFrom, number>> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

export const version = (): string => packageAt(new URL('.', import.meta.url), 'advx').version

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
