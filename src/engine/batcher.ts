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
  private readonly ports = new Map<string, Ports>()
  private busy = false

  constructor(programs: ReadonlyMap<string, Program>, limit: number) {
    this.programs = programs
    this.limit = limit
  }

  run(program: string, row: Values): Promise<Values> {
    return new Promise((resolve, reject) => {
      // Images of another eps are another batch: a scalar is one for all rows.
      const key = `${program} ${this.portsOf(program).scalars.map(name => row[name][0])}`
      const queue = this.waiting.get(key)
      if (queue) queue.push({ row, resolve, reject })
      else this.waiting.set(key, [{ row, resolve, reject }])
      if (!this.busy) {
        this.busy = true
        setImmediate(() => this.drain())
      }
    })
  }

  private portsOf(program: string): Ports {
    const known = this.ports.get(program)
    if (known) return known
    const found = this.programs.get(program)
    if (!found) throw new TypeError(`No program '${program}'`)
    const ports = portsOf(found.signature)
    this.ports.set(program, ports)
    return ports
  }

  /** The fullest queue first; everybody whose turn comes asks again before the next batch is chosen. */
  private async drain(): Promise<void> {
    while (this.waiting.size > 0) {
      const [key, queue] = [...this.waiting].reduce((a, b) => (b[1].length > a[1].length ? b : a))
      const program = key.slice(0, key.indexOf(' '))
      const batch = queue.splice(0, this.portsOf(program).alone ? 1 : this.limit)
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
    const { inputs, outputs } = this.portsOf(name)
    const feeds: Record<string, Float32Array> = {}
    for (const { name, length, scalar } of inputs) {
      if (scalar || batch.length === 1) {
        feeds[name] = batch[0].row[name]
        continue
      }
      const data = new Float32Array(length * batch.length)
      for (let i = 0; i < batch.length; i++) data.set(batch[i].row[name], i * length)
      feeds[name] = data
    }
    const results = await this.programs.get(name)!.run(feeds, batch.length)
    return batch.map((_, i) => {
      const row: Record<string, Float32Array> = {}
      for (const { name, length } of outputs) {
        const all = results[name] // fresh at each run: each row may keep its part
        const common = all.length === length && batch.length > 1 // what no picture decides
        row[name] = common ? all.slice() : all.subarray(i * length, (i + 1) * length)
      }
      return row
    })
  }
}

/** What a batch needs to know of a signature. */
interface Ports {
  readonly inputs: readonly { readonly name: string; readonly length: number; readonly scalar: boolean }[]
  /** `length`: of one row. */
  readonly outputs: readonly { readonly name: string; readonly length: number }[]
  /** Inputs of which there is one for all rows. */
  readonly scalars: readonly string[]
  /** Whether images may not run together. */
  readonly alone: boolean
}

function portsOf({ inputs, outputs, batch }: Program['signature']): Ports {
  const ports = inputs.map(({ name, shape }) => ({
    name,
    length: Math.abs(size(shape)),
    scalar: shape.every(d => d > 0),
  }))
  return {
    inputs: ports,
    outputs: outputs.map(({ name, shape }) => ({ name, length: Math.abs(size(shape)) })),
    scalars: ports.filter(({ scalar }) => scalar).map(({ name }) => name),
    alone: batch === 1,
  }
}
