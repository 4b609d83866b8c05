import { type Artifact, type Executor, type RunOnce, runOnce } from '../executor.ts'
import type { Compiler } from './compile.ts'
import { openSession, runtime } from './session.ts'

/** A compiled graph: an ONNX file whose weights lie beside it, where sessions map them into memory and share them. */
export interface OrtArtifact extends Artifact {
  readonly path: string
  /** Channels in a block where images are laid out in blocks; null: the runtime lays them out as it likes. */
  readonly block: number | null
}

export interface CpuOptions {
  /** Null: no blocks. By default as many channels as the processor takes at once. */
  readonly block?: null
}

const open = (artifact: Artifact) => openSession(artifact as OrtArtifact)

/** ONNX Runtime on the CPU. Each opened program is one session of one thread: give every core its own. */
export function cpu(options: CpuOptions = {}): Executor {
  let compiler: Promise<Compiler> | null = null // loaded on first use: a worker thread has none for it
  const load = (trial: RunOnce) => import('./compile.ts').then(module => module.compiler(options, trial))
  return {
    name: 'cpu',
    threads: true,
    load: async () => void (await runtime()),
    learn(elsewhere) {
      compiler = load(elsewhere)
      return compiler.then(({ learn }) => learn()).catch(() => {})
    },
    async compile(fn) {
      compiler ??= load(runOnce({ open }))
      return (await compiler).compile(fn)
    },
    open,
    close: async () => (await compiler)?.close(),
  }
}
