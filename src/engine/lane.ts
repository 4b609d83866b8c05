import { type Artifact, type Executor, type Program, type RunOnce, runOnce, type Values } from '../exec/executor.ts'
import { size } from '../shape.ts'
import { attackImage } from './attack-image.ts'
import { Batcher } from './batcher.ts'
import { oneHot } from './decision.ts'
import type { Found, Job } from './job.ts'
import { toUnit } from './lattice.ts'

/** A place where images are worked on: programs of its own, one thread. */
export interface Lane {
  open(program: string, artifact: Artifact): Promise<void>
  readonly runOnce: RunOnce
  /** Logits of one picture. */
  classify(levels: Uint8Array): Promise<Float32Array>
  attack(job: Job, levels: Uint8Array, y: number): Promise<Found>
  /** Whether pictures in a batch get the same bits as alone, and what the program takes for one alone (ms). */
  trial(program: string, pictures: readonly Uint8Array[], classes: number): Promise<Trial>
  /** Images that run together. */
  setBatch(images: number): Promise<void>
  close(): Promise<void>
}
export interface Trial {
  readonly same: boolean
  readonly milliseconds: number
}

/** A lane in this thread. */
export function laneOf(executor: Executor): Lane {
  const programs = new Map<string, Program>()
  const batcher = new Batcher(programs, 1)
  const run = (name: string, row: Values): Promise<Values> => batcher.run(name, row)
  return {
    open: async (name, artifact) => void programs.set(name, await executor.open(artifact)),
    runOnce: runOnce(executor),
    classify: async levels => (await run('forward', { x: toUnit(levels) })).logits,
    attack: (job, levels, y) => attackImage(run, job, levels, y),
    trial: (name, pictures, classes) => tryBatch(programs.get(name)!, pictures, classes),
    async setBatch(images) {
      batcher.limit = images
    },
    async close() {
      for (const program of programs.values()) await program.close()
    },
  }
}

/** Runs pictures one by one and then together. Inputs that are neither pictures nor classes are small numbers. */
async function tryBatch(program: Program, pictures: readonly Uint8Array[], classes: number): Promise<Trial> {
  const { inputs, outputs, batch } = program.signature
  const row = (name: string, length: number, i: number): Float32Array => {
    if (name === 'y') return oneHot(i % classes, classes)
    const x = toUnit(pictures[i])
    return name !== 't' && x.length === length ? x : new Float32Array(length).fill(0.01)
  }
  const feeds = (from: number, to: number): Values =>
    Object.fromEntries(
      inputs.map(({ name, shape }) => {
        const length = Math.abs(size(shape))
        const scalar = shape.every(d => d > 0)
        const data = new Float32Array(scalar ? length : length * (to - from)).fill(0.01)
        if (!scalar) for (let i = from; i < to; i++) data.set(row(name, length, i), (i - from) * length)
        return [name, data]
      }),
    )
  const alone: Values[] = []
  let milliseconds = Infinity
  for (let i = 0; i < pictures.length; i++) {
    const given = feeds(i, i + 1)
    const began = performance.now()
    alone.push(await program.run(given, 1))
    milliseconds = Math.min(milliseconds, performance.now() - began)
  }
  if (batch === 1) return { milliseconds, same: true } // it is never run but alone
  try {
    const together = await program.run(feeds(0, pictures.length), pictures.length)
    const same = outputs.every(({ name }) =>
      matches(
        together[name],
        alone.map(values => values[name]),
      ),
    )
    return { milliseconds, same }
  } catch {
    return { milliseconds, same: false } // a graph that cannot hold two pictures
  }
}

const matches = (together: Float32Array, alone: readonly Float32Array[]): boolean =>
  alone.every((row, i) => row.every((v, k) => Object.is(v, together[i * row.length + k])))
