import type { Attack, Goal, State } from '../attack.ts'
import { AdvxError, expected } from '../errors.ts'
import type { Fn } from '../exec/executor.ts'
import { grad } from '../grad.ts'
import { ancestors, substitute, toposort } from '../graph.ts'
import { crossEntropy, margin } from '../nn.ts'
import type { Norm } from '../norms.ts'
import { neg } from '../ops/elementwise.ts'
import { isStructural } from '../params.ts'
import { type Draw, recorder } from '../random.ts'
import { type Shape, show, size } from '../shape.ts'
import { simplify } from '../simplify.ts'
import { input, isConstant, isInput, type Tensor } from '../tensor.ts'

/** What an attack is traced against. */
export interface Target {
  /** Of the pictures: [N, C, H, W], or [1, C, H, W] for a model that takes one at a time. */
  readonly shape: Shape
  readonly classes: number
  /** Traced: pictures in [0, 1] to logits [N, K]. */
  logits(x: Tensor): Tensor
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
  /** Whether heavy also gives `gradient`, ∇ₓ of the loss at x: where the step needs it anyway. */
  readonly gradient: boolean
}
export interface DrawRow {
  readonly name: string
  readonly distribution: Draw['distribution']
  /** Numbers an image. */
  readonly length: number
}

/**
 * Traces an attack's `start` and `step` into graphs, and cuts the step at the model: the heavy part is the same graph,
 * hence the same compiled session, for every attack that climbs the same loss.
 *
 * @throws AdvxError when the attack's state is not what `start` declared, or no picture's gradient is used.
 */
export function trace(
  attack: Attack,
  norm: Norm,
  targeted: boolean,
  params: Record<string, number>,
  target: Target,
): TracedAttack {
  const [images] = target.shape
  const inputs: Record<string, Tensor> = {
    x0: input(target.shape, 'x0'),
    y: input([images, target.classes], 'y'),
    t: input([images, 1, 1, 1], 't'),
    'param:eps': input([], 'eps'),
  }
  for (const name of Object.keys(attack.params)) if (!isStructural(name)) inputs[`param:${name}`] = input([], name)
  const given = Object.fromEntries(
    ['eps', ...Object.keys(attack.params)].map(name => [name, inputs[`param:${name}`] ?? params[name]]),
  ) as Parameters<Attack['step']>[2]

  const objective: Goal['objective'] = loss => x => {
    const value = loss(target.logits(x), inputs.y)
    return targeted ? neg(value) : value
  }
  const goal = (random: Goal['random']): Goal => ({
    x0: inputs.x0,
    y: inputs.y,
    t: inputs.t,
    norm,
    random,
    logits: target.logits,
    objective,
    loss: objective(crossEntropy),
    margin: objective(margin),
  })

  const starting = recorder()
  const first: State = attack.start?.(goal(starting.random), given) ?? { x: inputs.x0 }
  const names = Object.keys(first)
  checkState('start', first, target.shape)
  const state = Object.fromEntries(names.map(name => [name, input(first[name].shape, name)])) as State
  const stepping = recorder()
  const next = attack.step(state, goal(stepping.random), given)
  checkState('step', next, target.shape)
  if (Object.keys(next).sort().join() !== [...names].sort().join())
    throw expected('usage', `the fields ${names.join(', ')}`, 'the state that step() returns', Object.keys(next))

  const all = {
    ...inputs,
    ...prefixed('state', state),
    ...draws('start', starting.draws),
    ...draws('step', stepping.draws),
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
    gradient: free,
  }
}

/** Pictures → logits. */
export function forwardOf({ shape, logits }: Target): Fn {
  const x = input(shape, 'x')
  return { inputs: { x }, outputs: { logits: logits(x) } }
}

/** Pictures and classes → logits and the gradient of the loss. */
export function gradientOf({ shape, classes, logits }: Target, targeted: boolean): Fn {
  const x = input(shape, 'x')
  const y = input([shape[0], classes], 'y')
  const loss = (at: Tensor): Tensor => crossEntropy(logits(at), y)
  return {
    inputs: { x, y },
    outputs: { logits: logits(x), gradient: targeted ? grad(at => neg(loss(at)))(x) : grad(loss)(x) },
  }
}

const prefixed = (prefix: string, record: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(record).map(([name, t]) => [`${prefix}:${name}`, t]))
const draws = (phase: string, list: readonly Draw[]): Record<string, Tensor> =>
  Object.fromEntries(list.map(({ tensor }, i) => [`${phase}:${i}`, tensor]))
const rows = (phase: string, list: readonly Draw[]): DrawRow[] =>
  list.map(({ tensor, distribution }, i) => ({
    name: `${phase}:${i}`,
    distribution,
    length: Math.abs(size(tensor.shape)),
  }))

function checkState(where: string, state: State, shape: Shape): void {
  if (!state.x || show(state.x.shape) !== show(shape))
    throw expected(
      'usage',
      `x: [${show(shape)}]`,
      `the state that ${where}() returns`,
      state.x ? `[${show(state.x.shape)}]` : 'no x',
    )
  for (const [name, t] of Object.entries(state))
    if (t.shape[0] !== shape[0])
      throw expected(
        'usage',
        'the images as the first axis',
        `the state's '${name}' in ${where}()`,
        `[${show(t.shape)}]`,
      )
}

/** Splits a function after everything that leads to the model's weights. What passes the cut is named `cut:0`, … */
function cut({ inputs, outputs }: Fn, constants: ReadonlySet<Tensor>): { heavy: Fn; light: Fn } {
  const order = toposort(Object.values(outputs))
  const weights = new Set<Tensor>() // and what is made of nothing else
  const isWeight = (t: Tensor): boolean => constants.has(t) || weights.has(t)
  for (const node of order)
    if (node.inputs.some(isWeight) && node.inputs.every(t => isWeight(t) || isConstant(t))) weights.add(node)
  const heavy = ancestors(order.filter(node => !weights.has(node) && node.inputs.some(isWeight)))
  const crossing = new Set<Tensor>()
  const pass = (t: Tensor): void => {
    if (heavy.has(t) && !isInput(t) && !isConstant(t)) crossing.add(t)
  }
  for (const node of order) if (!heavy.has(node)) node.inputs.forEach(pass)
  Object.values(outputs).forEach(pass)
  const named = [...crossing].map((t, i) => [`cut:${i}`, t] as const)
  const holes = new Map(named.map(([name, t]) => [t, input(t.shape, name)]))
  const rest = substitute(Object.values(outputs), holes)
  return {
    heavy: { inputs, outputs: Object.fromEntries(named) },
    light: {
      inputs: { ...inputs, ...Object.fromEntries(named.map(([name, t]) => [name, holes.get(t)!])) },
      outputs: Object.fromEntries(Object.keys(outputs).map((name, i) => [name, rest[i]])),
    },
  }
}

/** Whether `extra` is computed among `outputs` already, but for cheap steps at its end: no weight is touched again. */
function isFree(outputs: Readonly<Record<string, Tensor>>, extra: Tensor): boolean {
  const touched = (graph: readonly Tensor[]): number =>
    toposort(simplify(graph)).filter(node => node.inputs.some(t => isConstant(t) && size(t.shape) > 1)).length
  return touched([...Object.values(outputs), extra]) <= touched(Object.values(outputs))
}

/** A fault of an attack file, told as one. */
export const inAttack = (name: string, cause: unknown): AdvxError =>
  cause instanceof AdvxError
    ? new AdvxError('usage', `Attack '${name}': ${cause.message}`, { cause })
    : new AdvxError('usage', `Attack '${name}' failed while it was traced: ${(cause as Error).message}`, { cause })
