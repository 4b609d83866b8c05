import type { Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'

/** A function of named tensors: what is compiled. */
export interface Fn {
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly outputs: Readonly<Record<string, Tensor>>
}

/** Arrays by name, row-major, as the shapes of the signature say. */
export type Values = Readonly<Record<string, Float32Array>>

/** The inputs that the compiled function still needs, and what it gives. */
export interface Signature {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** 1: a picture's result depends, in its last bits, on where it lies in a batch; run it alone. */
  readonly batch: 'any' | 1
}
export interface Port {
  readonly name: string
  readonly shape: Shape
}

/** A compiled function. Where `Executor.threads` holds it is plain data, for `open` in whatever thread. */
export interface Artifact {
  readonly executor: string
  readonly signature: Signature
  /** How images lie in memory. Results of different layouts differ in their last bits. */
  readonly layout: string
}

/** An opened function. One call at a time. */
export interface Program {
  readonly signature: Signature
  /** The arrays that it gives are the caller's. */
  run(feeds: Values, batch: number): Promise<Values>
  close(): Promise<void>
}

/** Opens an artifact, runs it once for one picture, and closes it. */
export type RunOnce = (artifact: Artifact, feeds: Values) => Promise<Values>

/** One runtime on one kind of hardware; one file in this folder (or folder) each. */
export interface Executor {
  readonly name: string
  /** Whether several worker threads may open the same artifact. */
  readonly threads: boolean
  /** Loads the native part, so that the first `open` need not wait for it. */
  load(): Promise<void>
  /**
   * Tries what `compile` has to know of the runtime `elsewhere`, in a thread that has loaded it. Where it was not asked
   * to, the first `compile` tries it in this thread. Never rejects: failures are those of the first `compile`.
   */
  learn?(elsewhere: RunOnce): Promise<void>
  compile(fn: Fn): Promise<Artifact>
  open(artifact: Artifact): Promise<Program>
  /** Frees what `compile` wrote. */
  close(): Promise<void>
}

/** In this thread. */
export const runOnce =
  (executor: Pick<Executor, 'open'>): RunOnce =>
  async (artifact, feeds) => {
    const program = await executor.open(artifact)
    try {
      return await program.run(feeds, 1)
    } finally {
      await program.close()
    }
  }

export const port = (name: string, { shape }: Tensor): Port => ({ name, shape })
