import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { AdvxError } from '../../errors.ts'
import { locator } from '../folder.ts'
import { quote } from './quote.ts'

/**
 * The files beside a model that hold its large tensors: https://onnx.ai/onnx/repo-docs/ExternalData.html
 * `subject` names the tensor in errors.
 */
export interface ExternalFolder {
  read(location: string, offset: number, length: number, subject: string): Uint8Array
}

/** For a model that came as bytes and has no folder. */
export const noFolder: ExternalFolder = {
  read(location, _offset, _length, subject) {
    throw new AdvxError(
      'model',
      `The ${subject} lies in the external file ${quote(location)}, but the model came without a folder. Read it from its file.`,
    )
  },
}

/** A billion float32 weights; far above every image classifier. */
const MAX_TOTAL = 2 ** 32
const MAX_READ = 2 ** 30

/**
 * The folder of the model file at `path`. Each byte of a file can be had once, so that a thousand tensors on the same
 * gigabyte cost one.
 */
export function externalFolder(path: string): ExternalFolder {
  const locate = locator(path)
  const read = new Map<string, number>()
  let total = 0
  return {
    read(location, offset, length, subject) {
      const file = locate(location, `the external data of ${subject}`, `The ${subject} lies in`)
      const { size } = statSync(file)
      const taken = (read.get(file) ?? 0) + length
      total += length
      const problem =
        (offset + length > size &&
          `has only ${size} bytes, but the ${subject} wants ${length} from byte ${offset} on`) ||
        (taken > size && `is too short for all its tensors: the ${subject} overlaps others`) ||
        (total > MAX_TOTAL && `holds the ${subject}, with which the weights are more than 4 GiB`)
      if (problem) throw new AdvxError('model', `The external file ${quote(location)} ${problem}.`)
      read.set(file, taken)
      return readRange(file, offset, length)
    },
  }
}

/** In pieces, as one call reads at most 2 GiB. */
function readRange(file: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const handle = openSync(file, 'r')
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(handle, bytes, done, Math.min(length - done, MAX_READ), offset + done)
      if (count === 0)
        throw new AdvxError('model', `The external file ${quote(file)} became shorter while it was read.`)
      done += count
    }
  } finally {
    closeSync(handle)
  }
  return bytes
}
