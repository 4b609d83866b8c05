import type { Artifact, Executor } from '../executor.ts'
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

/** ONNX Runtime. Each opened program is one session of one thread. */
export function onnxRuntime(options: OrtOptions): Executor {
  let compiler: Promise<Compiler> | null = null // loaded on first use: a worker thread has none for it
  return {
    name: options.device,
    threads: options.threads,
    load: async () => void (await runtime()),
    async compile(fn) {
      compiler ??= import('./compile.ts').then(module => module.compiler(options))
      return (await compiler).compile(fn)
    },
    open: artifact => openSession(artifact as OrtArtifact),
    close: async () => (await compiler)?.close(),
  }
}
