import { randomBytes } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AdvxError } from '../../errors.ts'

/** A node of TensorFlow's GraphDef, as JSON. */
export interface TfNode {
  readonly name: string
  readonly op: string
  readonly input: readonly string[]
  readonly attr: Readonly<Record<string, TfAttribute>>
}
export type TfAttribute =
  | { readonly s: string }
  | { readonly i: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: string }
  | { readonly list: { readonly i?: readonly string[]; readonly s?: readonly string[] } }
  | { readonly shape: TfShape }
export interface TfShape {
  readonly dim: readonly { readonly size: string }[]
}

export interface TfWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

/** What goes in or comes out, float32; −1 is any length. */
export interface TfPort {
  readonly name: string
  readonly shape: readonly number[]
}

/** A GraphModel of TensorFlow.js. */
export interface TfGraph {
  readonly nodes: readonly TfNode[]
  readonly weights: readonly TfWeight[]
  readonly inputs: readonly TfPort[]
  readonly outputs: readonly TfPort[]
  readonly metadata: ReadonlyMap<string, string>
}

/** As the converter cuts them, so that browsers keep them. */
const SHARD = 4 * 2 ** 20

export const tfShape = (shape: readonly number[]): TfShape => ({ dim: shape.map(size => ({ size: String(size) })) })

/**
 * Writes a GraphModel: model.json, and its weights beside it in files that are named after it. The weights come first,
 * each file under another name until it is whole. Throws an AdvxError with the fault `output`.
 */
export async function writeTfjs(path: string, { nodes, weights, inputs, outputs, metadata }: TfGraph): Promise<void> {
  const bytes = Buffer.concat(weights.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)))
  const count = Math.max(1, Math.ceil(bytes.length / SHARD))
  const stem = basename(path).replace(/\.json$/i, '')
  const paths = Array.from({ length: count }, (_, i) => `${stem}-group1-shard${i + 1}of${count}.bin`)
  for (const [i, name] of paths.entries())
    await replaceFile(join(dirname(path), name), bytes.subarray(i * SHARD, (i + 1) * SHARD))
  const signature = { inputs: infos(inputs), outputs: infos(outputs) }
  const specs = weights.map(({ name, shape, data }) => ({
    name,
    shape,
    dtype: data instanceof Float32Array ? 'float32' : 'int32',
  }))
  const model = {
    format: 'graph-model',
    generatedBy: 'advx',
    convertedBy: null,
    signature,
    userDefinedMetadata: { signature, ...Object.fromEntries(metadata) },
    modelTopology: { node: nodes, library: {}, versions: { producer: 808 } },
    weightsManifest: [{ paths, weights: specs }],
  }
  await replaceFile(path, JSON.stringify(model))
}

const infos = (ports: readonly TfPort[]): object =>
  Object.fromEntries(
    ports.map(({ name, shape }) => [name, { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: tfShape(shape) }]),
  )

async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(temporary, content, { flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw new AdvxError('output', `${path}: It cannot be written (${(error as NodeJS.ErrnoException).code}).`, {
      cause: error,
    })
  }
}
