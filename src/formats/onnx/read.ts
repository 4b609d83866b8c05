import { readFile, stat } from 'node:fs/promises'
import { AdvxError, expected } from '../../errors.ts'
import { ofFile } from '../of-file.ts'
import { decode } from '../protobuf/message.ts'
import { type ExternalFolder, externalFolder, noFolder } from './external.ts'
import { parseFunctions } from './function.ts'
import { parseGraph, reading } from './graph.ts'
import { checkOpsets, parseOpsets } from './opset.ts'
import { MODEL } from './proto.ts'
import { recognise } from './recognise.ts'
import type { OnnxModel } from './schema.ts'

/** Protobuf's own limit, and Node's for reading a file at once. */
export const MAX_FILE = 2 ** 31 - 1

/**
 * Reads a model and the large tensors that lie in files beside it.
 *
 * Whatever is wrong with the file is an AdvxError with the fault `model` that begins with its path; its cost is
 * bounded by the size of the files.
 */
export async function readOnnx(path: string): Promise<OnnxModel> {
  try {
    const file = await stat(path)
    if (!file.isFile()) throw new AdvxError('model', 'It is no file but a folder or device.')
    if (file.size > MAX_FILE)
      throw expected('model', 'at most 2 GiB', 'an ONNX file', `${file.size} bytes`, 'Export it with external data.')
    return parseOnnx(await readFile(path), externalFolder(path))
  } catch (error) {
    throw ofFile(path, error)
  }
}

/** The model in the bytes of an ONNX file; its tensors may be views of them. `external` reads files beside it. */
export function parseOnnx(bytes: Uint8Array, external: ExternalFolder = noFolder): OnnxModel {
  const other = recognise(bytes)
  if (other) throw new AdvxError('model', `Expected an ONNX file, but it is ${other.what}. ${other.hint}`)
  const proto = decode(MODEL, bytes)
  if (!proto.graph) throw new AdvxError('model', 'Expected an ONNX file, but there is no graph in it.')
  const opsets = parseOpsets(proto.opsetImport)
  checkOpsets(opsets)
  return {
    irVersion: proto.irVersion,
    producer: `${proto.producerName} ${proto.producerVersion}`.trim(),
    opsets,
    graph: parseGraph(proto.graph, external),
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
    functions: parseFunctions(proto.functions, reading(external)),
  }
}
