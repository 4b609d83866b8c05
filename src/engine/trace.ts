import type { Attack, Goal, State } from '../attack.ts'
import { AdvxError, expected } from '../errors.ts'
import type { Fn } from '../exec/executor.ts'
import { backward, grad } from '../grad.ts'
import { ancestors } from '../graph.ts'
import { beyondLead, crossEntropy, margin } from '../nn.ts'
import type { Norm } from '../norms.ts'
import { neg, positive } from '../ops/elementwise.ts'
import { reshape } from '../ops/shape.ts'
import { logSumExp } from '../ops/softmax.ts'
import { isInput, numberOf, type Params } from '../params.ts'
import { type Draw, recorder } from '../random.ts'
import { type Shape, show, size } from '../shape.ts'
import { input, Tensor } from '../tensor.ts'
import { aims } from './aims.ts'
import { cut, isFree } from './cut.ts'
import { foreignFault, short } from './foreign-fault.ts'

/** What an attack is traced against. */
export interface Target {
  /** Of the pictures: [N, C, H, W], or [1, C, H, W] for a model that takes one at a time. */
  readonly shape: Shape
  readonly classes: number
  /** Traced: pictures in [0, 1] to logits [N, K]. */
  logits(x: Tensor): Tensor
  /** Values inside the model, [N, D], by their names. */
  readonly layers?: ReadonlyMap<string, (x: Tensor) => Tensor>
  /** The model's weights: what touches them, and all that leads there, is the heavy part of a step. */
  readonly constants: ReadonlySet<Tensor>
}

/** The names that a traced step reads and writes, each an array with the images as its first axis. */
export interface TracedAttack {
  /** x₀ (y, draws) → the first state, as `next:x`, …; null: it is x = x₀. */
  readonly start: Fn | null
  readonly startDraws: readonly DrawRow[]
  /** The model's part of a step: `state:x`, … → logits at x, and what the rest of the step needs. */
  readonly heavy: Fn
  /** Elementwise math on pictures: state and heavy's outputs → `next:x`, … */
  readonly light: Fn
  readonly stepDraws: readonly DrawRow[]
  /** The last state of a round → the first of the next, as `next:x`, …; null: the attack has one round. */
  readonly round: Fn | null
  readonly roundDraws: readonly DrawRow[]
  /** Numbers that depend on the step alone, for each step of a round. */
  readonly schedules: readonly ScheduleRow[]
  /** Whether a state says that the image's round has ended: `done`. */
  readonly ends: boolean
  /** Whether the budget ε is used. */
  readonly budgeted: boolean
  /** What heavy gives that has a picture's shape: gradients. */
  readonly slopes: readonly string[]
  /** Whether heavy also gives `gradient`, ∇ₓ of the loss at x: where the step needs it anyway. */
  readonly gradient: boolean
}
export interface DrawRow {
  readonly name: string
  readonly distribution: Draw['distribution']
  /** Numbers an image. */
  readonly length: number
}
export interface ScheduleRow {
  readonly name: string
  readonly values: readonly number[]
}

/**
 * Traces an attack's `start` and `step` into graphs, and cuts the step at the model: the heavy part is the same graph,
 * hence the same compiled session, for every attack that climbs the same loss.
 *
 * @param attack one of steps, not one that goes its own way.
 * @throws AdvxError when the attack's state is not what `start` declared, or no picture's gradient is used.
 */
export function trace(attack: Attack, norm: Norm, targeted: boolean, params: Params, target: Target): TracedAttack {
  const [images] = target.shape
  const inputs: Record<string, Tensor> = {
    x0: input(target.shape, 'x0'),
    y: input([images, target.classes], 'y'),
    aim: input([images, target.classes], 'aim'),
    t: input([images, 1, 1, 1], 't'),
    'param:eps': input([], 'eps'),
  }
  for (const [name, value] of Object.entries(attack.params))
    if (isInput(name, value)) inputs[`param:${name}`] = input([], name)
  const given = Object.fromEntries(
    ['eps', ...Object.keys(attack.params)].map(name => [name, inputs[`param:${name}`] ?? params[name]]),
  ) as Parameters<NonNullable<Attack['step']>>[2]

  const objective: Goal['objective'] = loss => x => {
    const value = loss(target.logits(x), inputs.y)
    return targeted ? neg(value) : value
  }
  const schedules: { row: ScheduleRow; tensor: Tensor }[] = []
  const schedule: Goal['schedule'] = f => {
    const row = {
      name: `schedule:${schedules.length}`,
      values: Array.from({ length: numberOf(params, 'steps', 1) }, (_, t) => f(t)),
    }
    const tensor = input([images, 1, 1, 1], row.name)
    schedules.push({ row, tensor })
    return tensor
  }
  const lead: Goal['margin'] = x => beyondLead(objective(margin)(x), target.logits(x))
  const goal = (random: Goal['random']): Goal => ({
    x0: inputs.x0,
    y: inputs.y,
    aim: aims(params, targeted) > 0 ? inputs.aim : null,
    t: inputs.t,
    norm,
    targeted,
    random,
    schedule,
    adversarial: x => reshape(positive(lead(x)), [images, 1, 1, 1]),
    logits: target.logits,
    objective,
    loss: objective(crossEntropy),
    margin: lead,
  })

  const starting = recorder()
  const first: State = attack.start?.(goal(starting.random), given) ?? { x: inputs.x0 }
  const names = Object.keys(first)
  checkState('start', first, target.shape)
  const state = Object.fromEntries(names.map(name => [name, input(first[name].shape, name)])) as State
  const stepping = recorder()
  const next = attack.step!(state, goal(stepping.random), given)
  checkFields('step', next, names, target.shape)
  const turning = recorder()
  const turned = attack.round?.(state, goal(turning.random), given)
  if (turned) checkFields('round', turned, names, target.shape)

  const all = {
    ...inputs,
    ...prefixed('state', state),
    ...draws('start', starting.draws),
    ...draws('step', stepping.draws),
    ...draws('round', turning.draws),
    ...Object.fromEntries(schedules.map(({ row, tensor }) => [row.name, tensor])),
  }
  const outputs = prefixed('next', next)
  const { heavy, light } = cut({ inputs: all, outputs }, target.constants)
  const logits = target.logits(state.x)
  const gradient = grad(objective(crossEntropy))(state.x)
  const core = { ...heavy.outputs, logits }
  const free = isFree(core, gradient)
  return {
    start: attack.start ? { inputs: all, outputs: prefixed('next', first) } : null,
    startDraws: rows('start', starting.draws),
    heavy: { inputs: all, outputs: free ? { ...core, gradient } : core },
    light,
    stepDraws: rows('step', stepping.draws),
    round: turned ? { inputs: all, outputs: prefixed('next', turned) } : null,
    roundDraws: rows('round', turning.draws),
    schedules: schedules.map(({ row }) => row),
    ends: 'done' in state,
    budgeted: ancestors([...Object.values(first), ...Object.values(next), ...Object.values(turned ?? {})]).has(
      inputs['param:eps'],
    ),
    slopes: Object.keys(heavy.outputs).filter(name => show(heavy.outputs[name].shape) === show(target.shape)),
    gradient: free,
  }
}

/** Pictures → logits. */
export function forwardOf({ shape, logits }: Target): Fn {
  const x = input(shape, 'x')
  return { inputs: { x }, outputs: { logits: logits(x) } }
}

/** Pictures and classes → logits and the gradient of the loss. */
export const gradientOf = (target: Target, targeted: boolean): Fn => slopeOf(target, targeted, crossEntropy)

/** Pictures and classes → logits and the gradient of the lead over the other classes, or of the target over them. */
export const marginOf = (target: Target, targeted: boolean): Fn => slopeOf(target, targeted, margin)

/**
 * Pictures and, `rows` times, weights v of the classes and a share s → logits, and the gradients of Σ vₖ zₖ − s · log Σ exp zₖ
 * over one forward pass. With s = Σ vₖ it is Σ vₖ log pₖ, where p is the softmax.
 */
export function pullbackOf({ shape, classes, logits }: Target, rows: number): Fn {
  const x = input(shape, 'x')
  const z = logits(x)
  const each = (name: string, length: number): Tensor[] =>
    Array.from({ length: rows }, (_, i) => input([shape[0], length], `${name}:${i}`))
  const [vs, shares] = [each('v', classes), each('share', 1)]
  const values = vs.map((v, i) => z.mul(v).sum([1]).sub(logSumExp(z).mul(shares[i])))
  return {
    inputs: { x, ...numbered('v', vs), ...numbered('share', shares) },
    outputs: {
      logits: z,
      ...numbered(
        'gradient',
        values.map(value => backward(value, [x])[0]),
      ),
    },
  }
}

/** Pictures → a layer, as rows. */
export function layerOf({ shape }: Target, layer: (x: Tensor) => Tensor): Fn {
  const x = input(shape, 'x')
  return { inputs: { x }, outputs: { layer: layer(x) } }
}

/** Pictures and weights of a layer's numbers, v → the gradient of Σ vᵢ aᵢ. */
export function layerPullbackOf({ shape }: Target, layer: (x: Tensor) => Tensor): Fn {
  const x = input(shape, 'x')
  const a = layer(x)
  const v = input(a.shape, 'v')
  return { inputs: { x, v }, outputs: { gradient: grad(at => layer(at).mul(v).sum([1]))(x) } }
}

function slopeOf({ shape, classes, logits }: Target, targeted: boolean, loss: typeof margin): Fn {
  const x = input(shape, 'x')
  const y = input([shape[0], classes], 'y')
  const value = (at: Tensor): Tensor => loss(logits(at), y)
  return {
    inputs: { x, y },
    outputs: { logits: logits(x), gradient: targeted ? grad(at => neg(value(at)))(x) : grad(value)(x) },
  }
}

const prefixed = (prefix: string, record: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(record).map(([name, t]) => [`${prefix}:${name}`, t]))
const numbered = (name: string, list: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(list.map((t, i) => [`${name}:${i}`, t]))
const draws = (phase: string, list: readonly Draw[]): Record<string, Tensor> =>
  numbered(
    phase,
    list.map(({ tensor }) => tensor),
  )
const rows = (phase: string, list: readonly Draw[]): DrawRow[] =>
  list.map(({ tensor, distribution }, i) => ({
    name: `${phase}:${i}`,
    distribution,
    length: Math.abs(size(tensor.shape)),
  }))

function checkFields(where: string, state: State, names: readonly string[], shape: Shape): void {
  checkState(where, state, shape)
  if (Object.keys(state).sort().join() !== [...names].sort().join())
    throw expected('usage', `the fields ${names.join(', ')}`, `the state that ${where}() returns`, Object.keys(state))
}

function checkState(where: string, state: State, shape: Shape): void {
  const returned = `the state that ${where}() returns`
  const { x } = { ...state }
  if (!(x instanceof Tensor) || show(x.shape) !== show(shape)) {
    const got =
      x instanceof Tensor ? `[${show(x.shape)}]` : x === undefined ? `${short(state)}: no x` : `x: ${short(x)}`
    throw expected('usage', `x: [${show(shape)}]`, returned, got)
  }
  for (const [name, t] of Object.entries(state)) {
    if (!(t instanceof Tensor)) throw expected('usage', 'tensors alone', returned, `${name}: ${short(t)}`)
    if (t.shape[0] !== shape[0])
      throw expected(
        'usage',
        'the images as the first axis',
        `the state's '${name}' in ${where}()`,
        `[${show(t.shape)}]`,
      )
  }
}

/** A fault of an attack file, told as one. */
export const inAttack = (name: string, cause: unknown): AdvxError =>
  cause instanceof AdvxError
    ? new AdvxError('usage', `Attack '${name}': ${cause.message}`, { cause })
    : foreignFault(`Attack '${name}' failed while it was traced`, cause)
