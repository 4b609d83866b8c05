import type { Fn } from '../exec/executor.ts'
import { nextOf } from '../exec/machine.ts'
import { backward } from '../grad.ts'
import type { Weight } from '../network.ts'
import { margin } from '../nn.ts'
import type { Batch, Objective, Progress } from '../objective.ts'
import { minimum, positive, sqrt } from '../ops/elementwise.ts'
import { reshape } from '../ops/shape.ts'
import { type Draw, recorder } from '../random.ts'
import { size } from '../shape.ts'
import { constant, input, type Tensor } from '../tensor.ts'
import { type Applied, modelOf } from './model.ts'
import type { Optimizer } from './optimizer.ts'
import type { Schedule } from './schedule.ts'

/** Numbers that training goes by. */
export interface StepSettings {
  readonly objective: Objective
  readonly optimizer: Optimizer
  readonly schedule: Schedule
  /** The longest that the gradient of all weights together may be, in L2; Infinity: any. */
  readonly clip: number
  /** Of the mean of the weights over the steps: what it keeps at a step; 0: there is none. */
  readonly average: number
}

/** A compiled function's graph, and what its inputs are filled with at a step besides state, pictures and classes. */
export interface Traced {
  readonly fn: Fn
  readonly numbers: Readonly<Record<string, (at: Progress) => number>>
  readonly draws: Readonly<Record<string, Draw>>
}

/** All of a training step's programs, and the state that they share: a name's value goes from one step to the next. */
export interface Steps {
  readonly start: Traced | null
  readonly inner: Traced | null
  readonly update: Traced
  /** The state's names with the values that it begins with. */
  readonly state: Readonly<Record<string, Float32Array>>
}

/** Traces a network's training step: forward, backward and update in one graph, its state as inputs and outputs. */
export function stepsOf(applied: Applied, settings: StepSettings): Steps {
  const { objective, optimizer, average } = settings
  const { weights, running } = applied.network
  const { inner } = objective
  const memory = weights.flatMap(w => optimizer.remembers.map(what => remembered(w, what)))
  const averaged =
    average > 0 ? [...weights, ...running].map(w => ({ ...remembered(w, 'average'), start: w.start })) : []
  const all = [...weights, ...running, ...memory, ...averaged]
  const held = (outputs: Fn['outputs'], { inputs, numbers, draws }: Trace): Traced => {
    const drawn = draws()
    const random = Object.entries(drawn).map(([name, { tensor }]) => [name, tensor] as const)
    const state = all.map(({ name, tensor }) => [name, tensor] as const)
    return {
      fn: { inputs: { ...inputs, ...Object.fromEntries([...random, ...state]) }, outputs },
      numbers,
      draws: drawn,
    }
  }
  const pointed = (make: (batch: Batch, trace: Trace) => Tensor): Traced => {
    const trace = traceOf(applied, objective)
    return held({ moved: make(trace.batch, trace) }, trace)
  }
  return {
    start: inner ? pointed(batch => inner.start(batch)) : null,
    inner: inner ? pointed((batch, { point }) => inner.step(point, batch)) : null,
    update: update(applied, settings, memory, averaged, held),
    state: Object.fromEntries(all.map(({ name, start }) => [name, start])),
  }
}

const remembered = ({ name, tensor }: Weight, what: string): Weight => ({
  name: `${name}/${what}`,
  tensor: input(tensor.shape, `${name}/${what}`),
  start: new Float32Array(size(tensor.shape)),
})

interface Trace {
  readonly batch: Batch
  readonly point: Tensor
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly numbers: Record<string, (at: Progress) => number>
  readonly running: ReadonlyMap<Tensor, Tensor>
  /** A new scalar input. */
  number(name: string, f: (at: Progress) => number): Tensor
  draws(): Record<string, Draw>
}

/** What an objective is traced with. */
function traceOf(applied: Applied, { numbers = {} }: Objective): Trace {
  const { input: pictures, logits } = applied.network
  const { random, draws } = recorder()
  const { model, running } = modelOf(applied, random)
  const [x, point] = ['x', 'point'].map(name => input(pictures.shape, name))
  const y = input(logits.shape, 'y')
  const made: Record<string, (at: Progress) => number> = {}
  const inputs: Record<string, Tensor> = { x, y, point }
  const number = (name: string, f: (at: Progress) => number): Tensor => {
    made[name] = f
    return (inputs[name] = input([], name))
  }
  const scalars = Object.fromEntries(Object.entries(numbers).map(([name, f]) => [name, number(`number:${name}`, f)]))
  return {
    batch: { model, x, y, numbers: scalars, random },
    point,
    inputs,
    numbers: made,
    running,
    number,
    draws: () => Object.fromEntries(draws.map(draw => [draw.tensor.attrs.name as string, draw])),
  }
}

function update(
  applied: Applied,
  { objective, optimizer, schedule, clip, average }: StepSettings,
  memory: readonly Weight[],
  averaged: readonly Weight[],
  held: (outputs: Fn['outputs'], trace: Trace) => Traced,
): Traced {
  const trace = traceOf(applied, objective)
  const { weights } = applied.network
  const { batch, point, number } = trace
  const { loss, logits } = objective.loss({ ...batch, point: objective.inner ? point : batch.x })
  const scalar = reshape(loss, [])
  const gradients = clipped(
    backward(
      scalar,
      weights.map(({ tensor }) => tensor),
    ),
    clip,
  )
  const [rate, momentum] = [number('rate', at => schedule.rate(at)), number('momentum', at => schedule.momentum(at))]
  const scheduled: Tensor[] = []
  const known = new Map(memory.map(({ name, tensor }) => [name, tensor]))
  const outputs: Record<string, Tensor> = {}
  const next = new Map<string, Tensor>()
  for (const [i, { name, tensor }] of weights.entries()) {
    const own = Object.fromEntries(optimizer.remembers.map(what => [what, known.get(`${name}/${what}`)!]))
    let asked = 0 // each weight's update asks for the same, in the same order
    const paced = (f: (t: number) => number): Tensor =>
      (scheduled[asked++] ??= number(`schedule${asked}`, ({ step }) => f(step)))
    const { w, memory: after } = optimizer.update(tensor, gradients[i], own, { rate, momentum, schedule: paced })
    next.set(name, w)
    for (const what of optimizer.remembers) outputs[nextOf(`${name}/${what}`)] = after[what]
  }
  for (const { name, tensor } of applied.network.running) next.set(name, trace.running.get(tensor)!)
  for (const { name, tensor } of averaged) {
    const value = next.get(name.slice(0, name.lastIndexOf('/')))!
    outputs[nextOf(name)] = tensor.mul(average).add(value.mul(1 - average))
  }
  const right = positive(margin(logits, batch.y).mul(-1)).mean([0])
  for (const [name, value] of next) outputs[nextOf(name)] = value
  return held({ ...outputs, loss: scalar, accuracy: reshape(right, []) }, trace)
}

/** All gradients by the one factor that makes their common L2 norm at most `most` (Pascanu et al. 2013, https://arxiv.org/abs/1211.5063). */
function clipped(gradients: readonly Tensor[], most: number): readonly Tensor[] {
  if (most === Infinity) return gradients
  const squares = gradients.map(g => reshape(g.mul(g).sum(), [])).reduce((a, b) => a.add(b))
  const factor = minimum(constant(most).div(sqrt(squares).add(1e-6)), 1)
  return gradients.map(g => g.mul(factor))
}
