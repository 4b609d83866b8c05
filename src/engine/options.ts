import type { Recipe } from '../models/preprocessing.ts'
import type { NormName } from '../norms.ts'
import type { Params } from '../params.ts'
import type { Distances } from './lattice.ts'
import type { NoiseOutcome } from './noise.ts'

/** What `advx attack` is asked for; the CLI and programs fill it alike. Everything but `images` has a default. */
export interface AttackOptions {
  /** Folders, files or globs. */
  readonly images: readonly string[]
  /** A file, or the name of an embedded model. */
  readonly model?: string
  /** Names, or paths of attack files. Default: pgd. */
  readonly attacks?: readonly string[]
  /** Budgets, several for a sweep. Default: each attack's own for the norm. */
  readonly eps?: readonly number[]
  readonly norm?: NormName
  /** An index, a class name, or `least-likely`. */
  readonly target?: string
  /** A CSV file of `image,label`. */
  readonly labels?: string
  /** `prediction`: attack what the model says where no label is given. */
  readonly labelFrom?: 'prediction'
  /** A file of class names, one a line. */
  readonly classes?: string
  readonly preprocess?: string
  /** The model's output that holds the scores. */
  readonly output?: string
  readonly out?: string
  /** Pictures in flight. */
  readonly batchSize?: number
  readonly device?: string
  readonly threads?: number
  readonly seed?: number
  readonly limit?: number
  /** Parameters of the attacks, by `steps` or `pgd.steps`. */
  readonly params?: Params
  readonly earlyStop?: boolean
  /** Least robust accuracy, 0..1. */
  readonly failUnder?: number
  readonly strict?: boolean
  readonly force?: boolean
}

/** One line of results.jsonl. */
export interface Line {
  readonly image: string
  readonly sha256: string | null
  readonly attack: string
  readonly norm: NormName
  readonly eps: number | null
  readonly target: number | null
  readonly label: number | null
  readonly labelFrom: LabelFrom | null
  readonly clean: { readonly class: number; readonly confidence: number } | null
  /** Of clean/…png. Absent: there is none, or advx 0.1 wrote the line. */
  readonly cleanSha256?: string
  readonly outcome: Outcome
  readonly adversarial: { readonly class: number; readonly confidence: number } | null
  readonly distance: Distances | null
  readonly beforeRounding: (Distances & { readonly adversarial: boolean }) | null
  readonly gradients: number
  readonly forwards: number
  /** What the search on the lattice took of them. */
  readonly lattice: { readonly gradients: number; readonly forwards: number }
  /** Gradients that were zero in every value, and gradients or logits with a value that is not finite. */
  readonly zeroGradients: number
  readonly nonFinite: number
  /** Uniform noise of the same budget on the same picture. Null: not attacked, or no budget. */
  readonly noise: NoiseOutcome | null
  readonly file: string | null
  readonly fileSha256: string | null
  /** The stage of a sequence that broke it; absent where none did, or the attack is no sequence. */
  readonly by?: string
  readonly error?: string
}
export type Outcome = 'adversarial' | 'robust' | 'misclassified' | 'skipped' | 'failed'
export type LabelFrom = 'csv' | 'folder' | 'prediction'

/** A share with its 95 % interval (Wilson). */
export interface Share {
  readonly value: number
  readonly low: number
  readonly high: number
}
export interface Spread {
  readonly median: number
  readonly q1: number
  readonly q3: number
}

/** One validity check, as ../docs name them. */
export interface Check {
  readonly id: string
  readonly title: string
  readonly status: 'pass' | 'warn' | 'fail'
  /** What was seen, for people. */
  readonly detail: string
}

export interface AttackSummary {
  readonly name: string
  /** Of the attack's own file. */
  readonly sha256: string
  readonly title: string
  readonly paper: string
  readonly norm: NormName
  readonly eps: number | null
  readonly params: Params
  /** Of a sequence: its attacks in turn. */
  readonly stages?: readonly {
    readonly name: string
    readonly title: string
    readonly paper: string
    readonly params: Params
  }[]
  /** Pictures that it tried to break. */
  readonly attacked: number
  /** Of the attacked images. Null: none was attacked. */
  readonly success: Share | null
  /** Of all usable images: classified rightly and not broken by this attack here. Null: it has no budget. */
  readonly robust: Share | null
  /** Of the adversarial pictures. */
  readonly distance: Readonly<Record<'linf' | 'l2' | 'l1' | 'l0', Spread | null>>
  /** Adversarial before rounding, and of these not on the lattice. */
  readonly lostByRounding: number
  /** Of the pictures that are adversarial before rounding, in the attack's norm, as float32. */
  readonly beforeRounding: Spread | null
  readonly gradients: number
  readonly forwards: number
  /** What the search on the lattice took of them. */
  readonly lattice: { readonly gradients: number; readonly forwards: number }
  /** Uniform noise of the same budget, on the attacked pictures. Null: none was attacked, or no budget. */
  readonly noise: NoiseSummary | null
}

/** What an attack, or one stage of a sequence, was the first of the run to break. */
export interface Taker {
  readonly attack: string
  /** Null: the attack is no sequence. */
  readonly stage: string | null
  readonly pictures: number
  /** Of these, broken by no other attack of the run. */
  readonly alone: number
}

/** The share of pictures that their first sample of noise fooled. */
export interface NoiseSummary extends Share {
  /** Samples of all pictures together. */
  readonly samples: number
  /** Pictures that resisted this attack, and that one of their samples fooled. */
  readonly missed: number
}

/** The usable pictures of one true class. */
export interface ClassFigures {
  readonly class: number
  readonly name: string
  readonly pictures: number
  /** Of those with a label of their own. Null: none has one. */
  readonly clean: Share | null
  /** Classified rightly, and broken by no attack within the budget of `accuracy.robust`; without one, by none at all. */
  readonly robust: Share | null
}

/** What the model says of the pictures as the attacks left them, each attack at its largest budget. */
export interface Confusion {
  /** Pictures times attacks. */
  readonly total: number
  /** Pairs of two classes that occur. */
  readonly distinct: number
  /** Label and prediction, the most frequent first: every `from` that is kept, and at most 1000 pairs of two classes. */
  readonly pairs: readonly { readonly from: number; readonly to: number; readonly count: number }[]
}

/** Robust accuracy over the budget, of all usable pictures. */
export interface Curve {
  /** Null: all attacks of the run together. */
  readonly attack: string | null
  readonly norm: NormName
  /** `sweep`: measured at these budgets; `distances`: the distances of an attack without a budget. */
  readonly from: 'sweep' | 'distances'
  /** By eps; the first is at 0: classified rightly before any attack. */
  readonly points: readonly (Share & { readonly eps: number })[]
}

/** `--fail-under` and what came of it. */
export interface Gate {
  readonly failUnder: number
  readonly passed: boolean
  /** Pictures that resisted while an attack met a value that is not finite: here they count as broken. Absent: none. */
  readonly unproven?: number
}

/** report.json, schema 1. */
export interface Report {
  readonly schema: 1
  readonly tool: string
  readonly version: string
  readonly date: string
  readonly command: string
  readonly seconds: number
  readonly model: {
    readonly file: string
    /** As it was given, for `advx verify`. */
    readonly path: string
    readonly sha256: string
    /** The output of the file that the scores are. */
    readonly output: string
    readonly classes: number
    readonly classNames: readonly string[]
    readonly input: readonly number[]
    readonly preprocessing: Recipe
    readonly notes: readonly string[]
  }
  readonly images: {
    readonly found: number
    readonly failed: number
    readonly skipped: number
    readonly misclassified: number
    readonly attacked: number
    readonly labelFrom: Readonly<Partial<Record<LabelFrom, number>>>
  }
  readonly target: string | null
  readonly accuracy: {
    readonly clean: Share | null
    readonly robust: (Share & { readonly norm: NormName; readonly eps: number }) | null
  }
  readonly attacks: readonly AttackSummary[]
  /** In the plan's order, within the budget of `accuracy.robust` where there is one. */
  readonly broken: readonly Taker[]
  /** By index, those that occur as a label. */
  readonly classes: readonly ClassFigures[]
  readonly confusion: Confusion
  readonly curves: readonly Curve[]
  readonly checks: readonly Check[]
  /** The gate that was asked for. */
  readonly gate: Gate | null
  readonly seed: number
  /** results.jsonl, which all of this is counted from. */
  readonly results: { readonly lines: number; readonly sha256: string }
  readonly runtime: Readonly<Record<string, string | number>>
  readonly notes: readonly string[]
}

/** What happens during a run, for whoever shows it. */
export type RunEvent =
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'start'; readonly total: number; readonly done: number }
  | { readonly type: 'line'; readonly line: Line; readonly done: number; readonly total: number }

export interface RunResult {
  readonly report: Report
  /** The real path of the out folder. */
  readonly out: string
  readonly exitCode: number
}
