import { evaluate } from '../evaluate.ts'
import { ancestors } from '../graph.ts'
import type { Tensor } from '../tensor.ts'
import { type Artifact, type Executor, type Fn, type Program, port } from './executor.ts'

interface Kept extends Artifact {
  readonly fn: Fn
}

/** Every operator by its own obvious kernel, in float64: slow, and what the other executors are tested against. */
export const reference: Executor = {
  name: 'reference',
  threads: false,
  async load() {},
  async compile(fn): Promise<Kept> {
    const used = ancestors(Object.values(fn.outputs))
    const inputs = Object.entries(fn.inputs).filter(([, t]) => used.has(t))
    return {
      executor: 'reference',
      layout: 'plain',
      fn,
      signature: {
        batch: 'any',
        inputs: inputs.map(([name, t]) => port(name, t)),
        outputs: Object.entries(fn.outputs).map(([name, t]) => port(name, t)),
      },
    }
  },
  async open(artifact): Promise<Program> {
    const { fn, signature } = artifact as Kept
    const outputs = Object.entries(fn.outputs)
    return {
      signature,
      async run(feeds, batch) {
        const given = new Map<Tensor, Float32Array>(signature.inputs.map(({ name }) => [fn.inputs[name], feeds[name]]))
        const values = evaluate(
          outputs.map(([, t]) => t),
          given,
          batch,
        )
        return Object.fromEntries(outputs.map(([name], i) => [name, Float32Array.from(values[i])]))
      },
      async close() {},
    }
  },
  async close() {},
}
