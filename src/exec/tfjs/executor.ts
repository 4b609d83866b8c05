import { ancestors } from '../../graph.ts'
import { type Artifact, type Executor, type Fn, port } from '../executor.ts'
import { type Backend, type Kind, load } from './backend.ts'
import { lower } from './lower.ts'
import { openProgram } from './program.ts'

interface Kept extends Artifact {
  readonly fn: Fn
}

/** TensorFlow.js: each operator by its kernels, gradients as part of our graph; float32, maps with channels last. */
export function tfjs(kind: Kind): Executor {
  let loaded: Promise<Backend> | null = null
  const backend = (): Promise<Backend> => (loaded ??= load(kind))
  return {
    name: kind.device,
    threads: false,
    load: async () => void (await backend()),
    async compile({ inputs, outputs }): Promise<Kept> {
      const { has } = await backend()
      const graph = lower(Object.values(outputs), has)
      const used = ancestors(graph)
      const fn: Fn = {
        inputs: Object.fromEntries(Object.entries(inputs).filter(([, t]) => used.has(t))),
        outputs: Object.fromEntries(Object.keys(outputs).map((name, i) => [name, graph[i]])),
      }
      const ports = (record: Fn['inputs']) => Object.entries(record).map(([name, t]) => port(name, t))
      const signature = { inputs: ports(fn.inputs), outputs: ports(fn.outputs), batch: 'any' } as const
      return { executor: kind.device, layout: 'channels last', signature, fn }
    },
    async open(artifact) {
      const { fn, signature } = artifact as Kept
      return openProgram(await backend(), fn, signature)
    },
    async close() {},
  }
}
