import { readFile } from 'node:fs/promises'
import { AdvxError, expected } from '../errors.ts'
import type { Values } from '../exec/executor.ts'
import { writeFileAtomic } from '../io/write-file.ts'

/** All that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** What would make another training of it; must be the same to go on. */
  readonly plan: Readonly<Record<string, unknown>>
  /** Steps that are done. */
  readonly step: number
  /** What was measured so far. */
  readonly history: unknown
  readonly state: Values
}

const MAGIC = 'advx-checkpoint-1\n'

/** One file, written whole or not at all: a line of JSON with the names and lengths of the arrays, then their float32. */
export async function writeCheckpoint(path: string, { state, ...facts }: Checkpoint): Promise<void> {
  const arrays = Object.entries(state).map(([name, { length }]) => ({ name, length }))
  const head = Buffer.from(`${MAGIC}${JSON.stringify({ ...facts, arrays })}\n`)
  const parts = Object.values(state).map(a => new Uint8Array(a.buffer, a.byteOffset, a.byteLength))
  await writeFileAtomic(path, Buffer.concat([head, ...parts]), '-o')
}

/** @throws AdvxError 'usage' where there is none, 'output' where it is damaged */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await readFile(path).catch(cause => {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw expected('usage', 'a training that was stopped', '--resume', path, 'There is no such file.')
    throw new AdvxError('output', `${path} cannot be read (${code}).`, { cause })
  })
  const damaged = (): AdvxError =>
    new AdvxError('output', `${path} is no checkpoint of advx, or a damaged one. Start anew with --force.`)
  const end = bytes.indexOf('\n', MAGIC.length)
  if (bytes.subarray(0, MAGIC.length).toString() !== MAGIC || end < 0) throw damaged()
  const { arrays, ...facts } = JSON.parse(bytes.subarray(MAGIC.length, end).toString()) as Omit<Checkpoint, 'state'> & {
    readonly arrays: readonly { readonly name: string; readonly length: number }[]
  }
  let at = end + 1
  const state: Record<string, Float32Array> = {}
  for (const { name, length } of arrays) {
    if (at + 4 * length > bytes.length) throw damaged()
    state[name] = new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * length))
    at += 4 * length
  }
  if (at !== bytes.length) throw damaged()
  return { ...facts, state }
}
