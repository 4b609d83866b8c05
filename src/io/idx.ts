import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AdvxError, expected } from '../errors.ts'

/** Bytes along axes, row by row. */
export interface Idx {
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** More than this is no data set that fits into memory. */
const LARGEST = 2 ** 32

/**
 * A file of the format in which MNIST and Fashion-MNIST come, packed by gzip or not: two zeros, 8 for bytes, the number of
 * axes, each axis as 4 bytes, the largest first, the values (http://yann.lecun.com/exdb/mnist/, "the IDX file format").
 * @throws AdvxError 'picture' when it is no such file, or cut short
 */
export async function readIdx(path: string): Promise<Idx> {
  const raw = await unpacked(path)
  if (raw.length < 4 || raw[0] !== 0 || raw[1] !== 0)
    throw expected('picture', 'an IDX file, which begins with two zeros,', path, hex(raw.subarray(0, 4)))
  if (raw[2] !== 8) throw expected('picture', 'an IDX file of bytes, type 8,', path, `type ${raw[2]}`)
  const axes = raw[3]
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const head = 4 + 4 * axes
  if (raw.length < head) throw cut(path, head, raw.length)
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i))
  const size = shape.reduce((a, b) => a * b, 1)
  if (size > LARGEST) throw expected('picture', `at most ${LARGEST} values`, path, size)
  if (raw.length !== head + size) throw cut(path, head + size, raw.length)
  return { shape, bytes: raw.subarray(head) }
}

async function unpacked(path: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(path)
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? await promisify(gunzip)(bytes) : bytes
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new AdvxError('picture', `${path} cannot be read (${code ?? message}).`, { cause })
  }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, b => b.toString(16).padStart(2, '0')).join(' ')
const cut = (path: string, wanted: number, got: number): AdvxError =>
  expected('picture', `${wanted} bytes, as its header says,`, path, got, 'It is cut short or damaged: fetch it again.')
