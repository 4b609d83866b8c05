import { ancestors } from '../../graph.ts'
import { type Artifact, type Executor, type Fn, port } from '../executor.ts'
import type { Backend } from './backend.ts'
import { demand, type Kind } from './kinds.ts'

interface Kept extends Artifact {
  readonly fn: Fn
}

/**
 * TensorFlow.js: each operator by its kernels, gradients as part of our graph; float32, maps with channels last.
 *
 * @throws AdvxError when it is not installed.
 */
export function tfjs(kind: Kind): Executor {
  demand(kind)
  let started: Promise<Backend> | null = null
  const backend = (): Promise<Backend> => {
    started ??= import('./backend.ts').then(({ start }) => start(kind))
    return started
  }
  return {
    name: kind.device,
    threads: false,
    load: async () => void (await backend()),
    async compile({ inputs, outputs }): Promise<Kept> {
      const { lower } = await import('./lower.ts')
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
      const { openProgram } = await import('./program.ts')
      const { fn, signature } = artifact as Kept
      return openProgram(await backend(), fn, signature)
    },
    async close() {},
  }
}
