import type { NormName } from '../norms.ts'

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
  readonly out?: string
  /** Pictures in flight. */
  readonly batchSize?: number
  readonly device?: string
  readonly threads?: number
  readonly seed?: number
  readonly limit?: number
  /** Parameters of the attacks, by `steps` or `pgd.steps`. */
  readonly params?: Readonly<Record<string, number>>
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
  readonly outcome: Outcome
  readonly adversarial: { readonly class: number; readonly confidence: number } | null
  readonly distance: { readonly linf: number; readonly l2: number; readonly l1: number; readonly l0: number } | null
  readonly beforeRounding: {
    readonly adversarial: boolean
    readonly linf: number
    readonly l2: number
    readonly l1: number
    readonly l0: number
  } | null
  readonly gradients: number
  readonly forwards: number
  /** What the search on the lattice took of them. */
  readonly lattice: { readonly gradients: number; readonly forwards: number }
  /** Gradients that were zero in every value, and gradients or logits with a value that is not finite. */
  readonly zeroGradients: number
  readonly nonFinite: number
  readonly file: string | null
  readonly fileSha256: string | null
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
  readonly title: string
  readonly paper: string
  readonly norm: NormName
  readonly eps: number | null
  readonly params: Readonly<Record<string, number>>
  /** Of the attacked images. Null: none was attacked. */
  readonly success: Share | null
  /** Of all usable images: classified rightly and not broken by this attack here. Null: it has no budget. */
  readonly robust: Share | null
  /** The same over the budget, for an attack without one: its pictures are broken from their distance on. */
  readonly curve: readonly { readonly eps: number; readonly robust: Share }[] | null
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
    readonly classes: number
    readonly classNames: readonly string[]
    readonly input: readonly number[]
    readonly preprocessing: unknown
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
  readonly checks: readonly Check[]
  /** The gate that was asked for. */
  readonly gate: { readonly failUnder: number; readonly passed: boolean } | null
  readonly seed: number
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
