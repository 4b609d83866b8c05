import { AdvxError } from './errors.ts'
import { NORMS, type Norm, type NormName } from './norms.ts'
import { describe, isStructural, type Structural } from './params.ts'
import type { Random } from './random.ts'
import type { Tensor } from './tensor.ts'

export type Params = Readonly<Record<string, number>>
/**
 * What a step gets and gives, the images as the first axis. Two names mean something to the driver: `x`, the point that
 * is looked at, and, where an attack has it, `done`, [N, 1, 1, 1]: an image's round ends once it is above 0.
 */
export type State = { readonly x: Tensor } & Readonly<Record<string, Tensor>>

/** Parameters as an attack's math gets them: scalar tensors, but for those that shape the computation. */
export type Traced<P extends Params> = {
  readonly [K in keyof P]: K extends Structural ? number : Tensor
} & { readonly eps: Tensor }

/** What an attack is given besides its own state and parameters. Images are [N, C, H, W] in [0, 1]. */
export interface Goal {
  /** The clean images. */
  readonly x0: Tensor
  /** One-hot, [N, K]: the class to leave or, targeted, to reach. */
  readonly y: Tensor
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

/** One attack. `attacks/<name>.ts` default-exports exactly one, and `<name>` is its name in the CLI. */
export interface Attack<P extends Params = Params, S extends State = State> {
  readonly title: string
  /** Authors, year, URL and section. */
  readonly paper: string
  /**
   * The norms it knows, the usual one first, each with its default budget; without one the attack looks for the nearest
   * adversarial picture in that norm, and the driver keeps the nearest point of all that it visits.
   */
  readonly norms: Readonly<Partial<Record<NormName, { readonly eps?: number }>>>
  /** Parameters with their defaults, by the names of the glossary. */
  readonly params: P
  /** First state of a restart; the clean images when absent. */
  start?(goal: Goal, params: Traced<P>): S
  /** One iteration. Traced once, then run `params.steps` times (1 without that parameter). */
  step(state: S, goal: Goal, params: Traced<P>): S
  /** The first state of the next round, from the last one of a round; there are `params.rounds` of them. */
  round?(state: S, goal: Goal, params: Traced<P>): S
  /** Gradients that a step costs, for the report; 1 when absent. */
  gradients?(params: Readonly<Record<keyof P, number>>): number
}

/**
 * Types an attack definition and checks what types cannot.
 *
 * @throws AdvxError when a field is missing or a default lies outside its range.
 */
export function attack<const P extends Params, S extends State = { readonly x: Tensor }>(
  definition: Attack<P, S>,
): Attack {
  const { title, paper, norms, params, step } = definition
  const wrong = (what: string): AdvxError => new AdvxError('usage', `attack({ title: '${title}' }) ${what}`)
  if (typeof title !== 'string' || typeof paper !== 'string') throw wrong('needs a title and a paper, both text')
  if (typeof step !== 'function') throw wrong('needs a function step(state, goal, params)')
  const known = Object.keys(NORMS)
  const named = Object.entries(norms ?? {})
  if (named.length === 0 || named.some(([n]) => !known.includes(n)))
    throw wrong(
      `needs norms out of ${known.join(', ')}, each with its default eps, or {} to look for the nearest: { linf: { eps: 8 / 255 } }`,
    )
  const budgets = named.filter(([, n]) => typeof n !== 'object' || n === null || 'eps' in n)
  for (const [name, value] of [...Object.entries(params ?? {}), ...budgets.map(([, n]) => ['eps', n?.eps] as const)]) {
    const { min, max } = describe(name)
    if (typeof value !== 'number' || !(value >= min && value <= max))
      throw wrong(`has ${name} = ${value}, not a number in [${min}, ${max}]`)
    if (isStructural(name) && !Number.isInteger(value)) throw wrong(`has ${name} = ${value}, not a whole number`)
  }
  if (definition.round && !('rounds' in (params ?? {}))) throw wrong('has round(), and no parameter `rounds`')
  return { ...definition, params: params ?? {} } as unknown as Attack
}
