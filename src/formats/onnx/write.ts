import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AdvxError, expected } from '../../errors.ts'
import { encode } from '../protobuf/message.ts'
import { functionProto } from './function.ts'
import { graphProto, writing } from './graph.ts'
import { opsetProtos } from './opset.ts'
import { MODEL } from './proto.ts'
import { MAX_FILE } from './read.ts'
import type { OnnxModel } from './schema.ts'
import type { Place } from './tensor.ts'

export interface EncodeOptions {
  /** Called with the bytes of each initializer of numbers: where they will lie, or undefined for within the model. */
  readonly place?: (bytes: Uint8Array) => Place | undefined
}

/** The bytes of an ONNX file. Initializers are also written as inputs where the IR version (below 4) wants that. */
export function encodeOnnx(model: OnnxModel, { place = () => undefined }: EncodeOptions = {}): Uint8Array {
  let size = 0
  const style = {
    weightsAreInputs: model.irVersion < 4,
    place(bytes: Uint8Array) {
      const elsewhere = place(bytes)
      size += elsewhere ? 0 : bytes.length
      if (size > MAX_FILE)
        throw expected('output', 'at most 2 GiB', 'an ONNX file', size, 'Write it with external data.')
      return elsewhere
    },
  }
  return encode(MODEL, {
    irVersion: model.irVersion,
    producerName: model.producer,
    graph: graphProto(model.graph, style),
    opsetImport: opsetProtos(model.opsets),
    metadataProps: Array.from(model.metadata, ([key, value]) => ({ key, value })),
    functions: model.functions.map(made => functionProto(made, writing(style))),
  })
}

export interface WriteOptions {
  /** Initializers of `threshold` bytes (default 1024) and more go to `file`, a name in the folder of the model. */
  readonly externalData?: { readonly file: string; readonly threshold?: number }
}

/** A page: tensors that begin on one can be mapped into memory, and shared between sessions. */
const PAGE = 4096

/**
 * Writes a model, and its large tensors into a file beside it. Both are written under another name first, so that
 * nobody sees half a file; the tensors come first. Throws an AdvxError with the fault `output`.
 */
export async function writeOnnx(path: string, model: OnnxModel, { externalData }: WriteOptions = {}): Promise<void> {
  if (!externalData) return replaceFile(path, [{ bytes: encodeOnnx(model), offset: 0 }])
  const { file, threshold = 1024 } = externalData
  if (basename(file) !== file || file === basename(path))
    throw expected('usage', 'a name without folders, other than the model,', 'external data', file)
  const pieces: Piece[] = []
  let end = 0
  const place = (bytes: Uint8Array) => {
    if (bytes.length < Math.max(1, threshold)) return undefined
    const offset = Math.ceil(end / PAGE) * PAGE
    pieces.push({ bytes, offset })
    end = offset + bytes.length
    return { location: file, offset }
  }
  const bytes = encodeOnnx(model, { place })
  await replaceFile(join(dirname(path), file), pieces)
  await replaceFile(path, [{ bytes, offset: 0 }])
}

interface Piece {
  readonly bytes: Uint8Array
  readonly offset: number
}

async function replaceFile(path: string, pieces: readonly Piece[]): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(temporary, 'wx')
    try {
      for (const { bytes, offset } of pieces)
        for (let done = 0; done < bytes.length; ) {
          const count = Math.min(bytes.length - done, 2 ** 30)
          done += (await handle.write(bytes, done, count, offset + done)).bytesWritten
        }
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw new AdvxError('output', `${path}: It cannot be written (${(error as NodeJS.ErrnoException).code}).`, {
      cause: error,
    })
  }
}
