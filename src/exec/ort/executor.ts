import { type Artifact, type Executor, type RunOnce, runOnce } from '../executor.ts'
import type { Compiler } from './compile.ts'
import { openSession, runtime } from './session.ts'

/** A compiled graph: an ONNX file whose weights lie beside it, where sessions map them into memory and share them. */
export interface OrtArtifact extends Artifact {
  /** What runs it, as ONNX Runtime calls its providers. */
  readonly executor: OrtOptions['device']
  readonly path: string
  /** Channels in a block where images are laid out in blocks; null: the runtime lays them out as it likes. */
  readonly block: number | null
}

export interface OrtOptions {
  readonly device: 'cpu' | 'webgpu'
  readonly threads: boolean
  /** Null: no blocks. By default as many channels as the processor takes at once. */
  readonly block?: null
}

const open: Executor['open'] = (artifact, threads) => openSession(artifact as OrtArtifact, threads)

/** ONNX Runtime. Each opened program is one session, of one thread unless more are asked for. */
export function onnxRuntime(options: OrtOptions): Executor {
  let compiler: Promise<Compiler> | null = null // loaded on first use: a worker thread has none for it
  const load = (trial: RunOnce) => import('./compile.ts').then(module => module.compiler(options, trial))
  return {
    name: options.device,
    threads: options.threads,
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
