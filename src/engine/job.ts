import type { NormName } from '../norms.ts'
import type { Params } from '../params.ts'
import type { Distances } from './lattice.ts'
import type { Tally } from './probe.ts'
import type { TracedAttack } from './trace.ts'

/** One attack at one budget, as plain data: what a worker needs to know besides its programs. */
export interface Job
  extends Pick<TracedAttack, 'startDraws' | 'stepDraws' | 'roundDraws' | 'schedules' | 'ends' | 'slopes' | 'gradient'> {
  /** Names of the programs: `<key>/start`, `<key>/heavy`, … */
  readonly key: string
  /** What loadAttack() takes, for an attack that goes its own way: `run`. Null: it is traced. */
  readonly walker: string | null
  readonly norm: NormName
  /** Null: the nearest adversarial picture is looked for. */
  readonly eps: number | null
  readonly params: Params
  readonly targeted: boolean
  readonly earlyStop: boolean
  readonly seed: number
  readonly classes: number
  readonly channels: number
  readonly height: number
  readonly width: number
  /** The picture that a parameter `guide` names, as its levels, [C, H, W]; null where the attack has none. */
  readonly guide: Uint8Array | null
  readonly hasStart: boolean
  /** Gradients that a step costs. */
  readonly gradients: number
  /** Of an attack that goes its own way: gradients at one point that run together. */
  readonly rows: number
  /** Of a sequence, in turn; else none. */
  readonly stages: readonly { readonly name: string; readonly job: Job }[]
}

/** What became of one image. */
export interface Found extends Readonly<Tally> {
  /** The stage of a sequence that found it; null: none, or the attack is no sequence. */
  readonly by: string | null
  /** The adversarial picture, inside ball and box; null: none was found. */
  readonly levels: Uint8Array | null
  /** The point that counted as float32, or the last one looked at. */
  readonly beforeRounding: Distances & { readonly adversarial: boolean }
  /** What the search on the lattice took of the gradients and forward passes. */
  readonly lattice: { readonly gradients: number; readonly forwards: number }
}
