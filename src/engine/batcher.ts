import type { Program, Values } from '../exec/executor.ts'
import { size } from '../shape.ts'

/** Runs one function for one image: a row of each input and output. Scalars are given as arrays of one number. */
export type RunRow = (program: string, row: Values) => Promise<Values>

interface Request {
  readonly row: Values
  resolve(row: Values): void
  reject(error: unknown): void
}

/**
 * Lets the code for one image be written as if it were alone: whatever the images in flight ask of the same program at
 * the same time runs as one batch. Images that end make room for others, so that batches stay full.
 */
export class Batcher {
  private readonly programs: ReadonlyMap<string, Program>
  /** Images that run together. */
  limit: number
  private readonly waiting = new Map<string, Request[]>()
  private busy = false

  constructor(programs: ReadonlyMap<string, Program>, limit: number) {
    this.programs = programs
    this.limit = limit
  }

  run(program: string, row: Values): Promise<Values> {
    return new Promise((resolve, reject) => {
      // Images of another eps are another batch: a scalar is one for all rows.
      const key = `${program} ${this.scalars(program).map(name => row[name][0])}`
      const queue = this.waiting.get(key)
      if (queue) queue.push({ row, resolve, reject })
      else this.waiting.set(key, [{ row, resolve, reject }])
      if (!this.busy) {
        this.busy = true
        setImmediate(() => this.drain())
      }
    })
  }

  private scalars(program: string): string[] {
    return this.signature(program)
      .inputs.filter(({ shape }) => shape.every(d => d > 0))
      .map(({ name }) => name)
  }

  private signature(program: string): Program['signature'] {
    const found = this.programs.get(program)
    if (!found) throw new TypeError(`No program '${program}'`)
    return found.signature
  }

  /** The fullest queue first; everybody whose turn comes asks again before the next batch is chosen. */
  private async drain(): Promise<void> {
    while (this.waiting.size > 0) {
      const [key, queue] = [...this.waiting].reduce((a, b) => (b[1].length > a[1].length ? b : a))
      const program = key.slice(0, key.indexOf(' '))
      const batch = queue.splice(0, this.signature(program).batch === 1 ? 1 : this.limit)
      if (queue.length === 0) this.waiting.delete(key)
      try {
        const results = await this.runBatch(program, batch)
        for (const [i, { resolve }] of batch.entries()) resolve(results[i])
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
      await new Promise(setImmediate)
    }
    this.busy = false
  }

  private async runBatch(name: string, batch: readonly Request[]): Promise<Values[]> {
    const program = this.programs.get(name)!
    const feeds: Record<string, Float32Array> = {}
    for (const { name, shape } of program.signature.inputs) {
      const scalar = shape.every(d => d > 0)
      const length = Math.abs(size(shape))
      const data = new Float32Array(scalar ? length : length * batch.length)
      for (const [i, { row }] of (scalar ? batch.slice(0, 1) : batch).entries()) data.set(row[name], i * length)
      feeds[name] = data
    }
    const results = await program.run(feeds, batch.length)
    return batch.map((_, i) => {
      const row: Record<string, Float32Array> = {}
      for (const { name, shape } of program.signature.outputs) {
        const length = Math.abs(size(shape))
        const all = results[name]
        row[name] = all.length === length ? all.slice() : all.subarray(i * length, (i + 1) * length)
      }
      return row
    })
  }
}
