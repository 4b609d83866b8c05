import { AdvxError } from './errors.ts'
import { NORMS, type Norm, type NormName } from './norms.ts'
import { misfit, type Params, type Structural } from './params.ts'
import type { Random } from './random.ts'
import type { Tensor } from './tensor.ts'

export type { Params }
/**
 * What a step gets and gives, the images as the first axis. Two names mean something to the driver: `x`, the point that
 * is looked at, and, where an attack has it, `done`, [N, 1, 1, 1]: an image's round ends once it is above 0.
 */
export type State = { readonly x: Tensor } & Readonly<Record<string, Tensor>>

/** Parameters as an attack's math gets them: scalar tensors, but for words and those that shape the computation. */
export type Traced<P extends Params> = {
  readonly [K in keyof P]: P[K] extends string ? string : K extends Structural ? number : Tensor
} & { readonly eps: Tensor }

/** Parameters as numbers and words. */
export type Given<P extends Params> = {
  readonly [K in keyof P]: P[K] extends string ? string : P[K] extends number ? number : P[K]
}

/** What an attack is given besides its own state and parameters. Images are [N, C, H, W] in [0, 1]. */
export interface Goal {
  /** The clean images. */
  readonly x0: Tensor
  /** One-hot, [N, K]: the class to leave or, targeted, to reach. */
  readonly y: Tensor
  /** One-hot, [N, K]: with `targets`, the class that a restart aims at, else and in targeted runs null. */
  readonly aim: Tensor | null
  /** What to climb, per image, [N, 1]: the cross-entropy J(x, y), or −J(x, target). */
  readonly loss: (x: Tensor) => Tensor
  /** The same for another J(logits, y): what to climb, away from y or towards it. */
  readonly objective: (loss: (logits: Tensor, y: Tensor) => Tensor) => (x: Tensor) => Tensor
  /** The best other class's lead over `y`, or the target's, beyond what counts (LEAD): per image, [N, 1]. */
  readonly margin: (x: Tensor) => Tensor
  /** 1 where `x` is adversarial, which is where the margin is above 0, else 0: [N, 1, 1, 1], as wide as a picture. */
  readonly adversarial: (x: Tensor) => Tensor
  /** The model's last layer before any softmax, [N, K]. */
  readonly logits: (x: Tensor) => Tensor
  readonly norm: Norm
  /** Whether `y` is the class to reach. */
  readonly targeted: boolean
  /** Number of the step in its round, from 0, per image: [N, 1, 1, 1]. */
  readonly t: Tensor
  /** A number that depends on the step alone: f(t), [N, 1, 1, 1]. In `start` and `round` it is f(0). */
  readonly schedule: (f: (t: number) => number) => Tensor
  readonly random: Random
}

/** One image, for an attack whose way depends on values. Pictures are [C, H, W], row by row, in [0, 1]. */
export interface Subject {
  /** The clean image. */
  readonly x0: Float32Array
  readonly shape: readonly [channels: number, height: number, width: number]
  /** The class to leave or, targeted, to reach. */
  readonly y: number
  readonly targeted: boolean
  readonly classes: number
  readonly norm: NormName
  /** The budget ε; Infinity where the nearest is looked for. */
  readonly eps: number
  /** New numbers at each call: even in (0, 1), or standard normal. They depend on seed, image and restart alone. */
  random(distribution: 'uniform' | 'normal', length: number): Float32Array
  logits(x: Float32Array): Promise<Float32Array>
  /** At x the logits z, a sum of scores by the weights v, [K], and its gradient. The scores are z unless `scores` says else. */
  pullback(x: Float32Array, v: Float32Array, scores?: Scores): Promise<Slope>
  /**
   * The same for several v at one x, in turn. The model's forward pass is shared by as many as the attack's `gradients`
   * says, up to ten; no more than these are in memory.
   */
  pullbacks(x: Float32Array, vs: readonly Float32Array[], scores?: Scores): AsyncGenerator<Slope, void, void>
  /** For an attack with the parameters `layer` and `guide`, else null. */
  readonly layer: LayerView | null
  /** The best other class's lead over `y`, or the target's, beyond what counts: adversarial from 0 on. */
  lead(logits: Float32Array): number
}

/** What the weights of pullback() weigh: the logits z, or log p, where p is their softmax. */
export type Scores = 'logits' | 'log-softmax'

/** At a point the logits, [K], and the gradient of a weighted sum of scores, [C, H, W]. */
export interface Slope {
  readonly logits: Float32Array
  readonly gradient: Float32Array
}

/** A layer of the model, as one row of numbers for a picture, [D]. */
export interface LayerView {
  /** The picture that the parameter `guide` names, as the model gets it. */
  readonly guide: Float32Array
  at(x: Float32Array): Promise<Float32Array>
  /** The gradient of Σ vᵢ aᵢ, where a is the layer at x. `v`: [D]. */
  pullback(x: Float32Array, v: Float32Array): Promise<Float32Array>
}

/** What an attack of its own way found: a picture of [0, 1], and what the model says there. */
export interface Point {
  readonly x: Float32Array
  readonly logits: Float32Array
}

/** One attack of a sequence. */
export interface Stage {
  /** What results and reports call it: letters, digits, '.', '-' and '_'. */
  readonly name: string
  /** A name of `advx list`, or the path of a file, from where the sequence's own file is. */
  readonly attack: string
  /** Parameters of that attack; its own defaults where there are none. */
  readonly params?: Params
}

/** One attack. `attacks/<name>.ts` default-exports exactly one, and `<name>` is its name in the CLI. */
export interface Attack<P extends Params = Params, S extends State = State> {
  readonly title: string
  /** Authors, year, URL and section. */
  readonly paper: string
  /** What a step computes, as the paper writes it: lines of text, indented as the file likes. */
  readonly formula?: string
  /**
   * The norms it knows, the usual one first, each with its default budget; without one the attack looks for the nearest
   * adversarial picture in that norm, and the driver keeps the nearest point of all that it visits. `help`: what is
   * particular to it there. `idle`: parameters that have no part in it there; to give one is a usage error.
   */
  readonly norms: Readonly<
    Partial<Record<NormName, { readonly eps?: number; readonly help?: string; readonly idle?: readonly string[] }>>
  >
  /** Parameters with their defaults, by the names of the glossary. */
  readonly params: P
  /** First state of a restart; the clean images when absent. */
  start?(goal: Goal, params: Traced<P>): S
  /** One iteration. Traced once, then run `params.steps` times (1 without that parameter). */
  step?(state: S, goal: Goal, params: Traced<P>): S
  /** The first state of the next round, from the last one of a round; there are `params.rounds` of them. */
  round?(state: S, goal: Goal, params: Traced<P>): S
  /**
   * Instead of `step`, where the way depends on values (a search, queries): one restart on one image. It yields what may be
   * the result, as it finds it, and is ended at any of them. What it asks of the model at the same time runs as one batch.
   */
  run?(subject: Subject, params: Given<P>): AsyncGenerator<Point, void, void>
  /** Instead of `step`: a sequence of attacks in that norm, each on the pictures that still stand. */
  stages?(norm: NormName, params: Given<P>): readonly Stage[]
  /** What a reader of results should know of it with these parameters and so many classes; null: nothing. */
  note?(params: Given<P>, classes: number): string | null
  /**
   * Gradients that a step costs, 1 when absent; for `run`, those that it asks for at one point, by pullbacks(). 0: `run`
   * asks for none.
   */
  gradients?(params: Given<P>, goal: { readonly classes: number; readonly targeted: boolean }): number
}

/**
 * Types an attack definition and checks what types cannot.
 *
 * @throws AdvxError when a field is missing or a default lies outside its range.
 */
export function attack<const P extends Params, S extends State = { readonly x: Tensor }>(
  definition: Attack<P, S>,
): Attack {
  const { title, paper, formula, norms, params, step, run, stages } = definition
  const wrong = (what: string): AdvxError => new AdvxError('usage', `attack({ title: '${title}' }) ${what}`)
  if (typeof title !== 'string' || typeof paper !== 'string') throw wrong('needs a title and a paper, both text')
  if (formula !== undefined && typeof formula !== 'string') throw wrong('has a formula that is no text')
  const ways = Object.entries({ step, run, stages }).filter(([, way]) => way !== undefined)
  if (ways.length === 0 || ways.some(([, way]) => typeof way !== 'function'))
    throw wrong('needs a function step(state, goal, params), async *run(subject, params), or stages(norm, params)')
  if (ways.length > 1)
    throw wrong(`has both ${ways.map(([name]) => `${name}()`).join(' and ')}: one of them is the attack`)
  const known = Object.keys(NORMS)
  const named = Object.entries(norms ?? {})
  if (named.length === 0 || named.some(([n]) => !known.includes(n)))
    throw wrong(
      `needs norms out of ${known.join(', ')}, each with its default eps, or {} to look for the nearest: { linf: { eps: 8 / 255 } }`,
    )
  const budgets = named.filter(([, n]) => typeof n !== 'object' || n === null || 'eps' in n)
  for (const [name, value] of [...Object.entries(params ?? {}), ...budgets.map(([, n]) => ['eps', n?.eps] as const)]) {
    const fit = misfit(name, value, typeof value === 'string' ? value : 0)
    if (fit !== null) throw wrong(`has ${name} = ${value}, not ${fit}`)
  }
  if (definition.round && !('rounds' in (params ?? {}))) throw wrong('has round(), and no parameter `rounds`')
  return { ...definition, params: params ?? {} } as unknown as Attack
}
