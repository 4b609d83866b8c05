import type { Tensor as Held, NamedTensorMap } from '@tensorflow/tfjs-core'
import { AdvxError } from '../../errors.ts'
import { toposort } from '../../graph.ts'
import type { TfjsInputs, TfjsKernels, TfjsTensor } from '../../ops/op.ts'
import { resolve } from '../../shape.ts'
import { dataOf, isConstant, isInput, type Tensor } from '../../tensor.ts'
import type { Fn, Program, Signature } from '../executor.ts'
import type { Backend } from './backend.ts'

/** Runs a lowered graph node by node, and frees what no later node needs. Constants are held until `close`. */
export async function openProgram(backend: Backend, { inputs, outputs }: Fn, signature: Signature): Promise<Program> {
  const { tf } = backend
  const order = toposort(Object.values(outputs))
  const results = new Set(Object.values(outputs))
  const last = new Map<Tensor, Tensor>() // the node that reads it last
  for (const node of order) for (const t of node.inputs) last.set(t, node)
  await backend.use()
  const constants = new Map(order.filter(isConstant).map(t => [t, tf.tensor(dataOf(t), [...t.shape], 'float32')]))
  const kernels = kernelsOf(backend)

  /** The tensors of `results`; all others are freed. */
  const compute = (feeds: ReadonlyMap<Tensor, Float32Array>, batch: number): NamedTensorMap => {
    const values = new Map<Tensor, Held>(constants)
    for (const node of order) {
      if (isConstant(node)) continue
      const shape = resolve(node.shape, batch)
      if (isInput(node)) {
        values.set(node, tf.tensor(feeds.get(node)!, shape, 'float32'))
        continue
      }
      const given = node.inputs.map(t => values.get(t)!)
      values.set(
        node,
        tf.tidy(() => nodeOn(kernels, node, given, shape)),
      )
      for (const t of new Set(node.inputs))
        if (last.get(t) === node && !results.has(t) && !isConstant(t)) values.get(t)!.dispose()
    }
    return Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, values.get(t)!]))
  }

  return {
    signature,
    async run(feeds, batch) {
      const given = new Map(signature.inputs.map(({ name }) => [inputs[name], feeds[name]]))
      await backend.use()
      // In one go: what other programs of this thread run may use another backend.
      const engine = tf.engine()
      engine.startScope()
      try {
        const held = Object.entries(compute(given, batch))
        return Object.fromEntries(held.map(([name, t]) => [name, (t.dataSync() as Float32Array).slice()]))
      } finally {
        engine.endScope()
      }
    },
    async close() {
      for (const t of constants.values()) t.dispose()
      constants.clear()
    },
  }
}

function nodeOn(kernels: TfjsKernels, node: Tensor, inputs: readonly Held[], shape: readonly number[]): Held {
  const { op, attrs } = node
  const form = op.tfjs
  try {
    if (typeof form === 'string')
      return kernels.run(form, inputs.length === 1 ? { x: inputs[0] } : named(inputs)) as Held
    if (typeof form === 'object') throw new TypeError('it was not lowered')
    const y = form(kernels, inputs, { shape, shapes: inputs.map(t => t.shape), attrs }) as Held
    return inputs.includes(y) ? y.clone() : y // each is freed by itself
  } catch (cause) {
    const wrapped = (attrs.op as Tensor['op'] | undefined)?.name
    throw new AdvxError('model', `TensorFlow.js does not run '${wrapped ?? op.name}': ${(cause as Error).message}`, {
      cause,
    })
  }
}

const named = ([a, b]: readonly Held[]): Record<string, Held> => ({ a, b })

function kernelsOf({ kind, tf }: Backend): TfjsKernels {
  const engine = tf.engine()
  const call = (kernel: string, inputs: TfjsInputs, attributes = {}): Held | Held[] => {
    const given = inputs as Readonly<Record<string, Held>>
    const own = kind.unshared?.[kernel]
    const alone = own ? { ...given, [own]: engine.runKernel('Identity', { x: given[own] }) as Held } : given
    return engine.runKernel(kernel, alone, attributes)
  }
  return {
    run: (...args) => call(...args) as Held,
    all: (...args) => call(...args) as Held[],
    floats: (values, shape = [values.length]): TfjsTensor => tf.tensor([...values], [...shape], 'float32'),
    ints: (values, shape = [values.length]): TfjsTensor => tf.tensor([...values], [...shape], 'int32'),
  }
}
