import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeOnnx, writeOnnx } from '../../formats/onnx/write.ts'
import { ancestors, toposort } from '../../graph.ts'
import { type Fn, port, type RunOnce } from '../executor.ts'
import { inTemporary } from '../temporary.ts'
import { blockSize } from './blocked/block-size.ts'
import { emit } from './emit.ts'
import type { OrtArtifact, OrtOptions } from './executor.ts'
import { lower } from './lower.ts'
import { padsApart } from './pads-apart.ts'

/** Writes graphs as ONNX files into a folder of its own. */
export interface Compiler {
  compile(fn: Fn): Promise<OrtArtifact>
  /** Finds out ahead of the first `compile` what that has to know. */
  learn(): Promise<void>
  /** Removes the folder. */
  close(): Promise<void>
}

/**
 * Operators that ONNX Runtime computes by one formula in whole vectors and by another in what is left at a tensor's
 * end: an element's last bits depend on its place.
 */
const POSITIONAL = new Set('log sin cos tan asin acos atan sinh cosh asinh acosh atanh'.split(' '))

/** `trial` runs what has to be tried. */
export function compiler(options: OrtOptions, trial: RunOnce): Compiler {
  let folder: Promise<string> | null = null
  const made = new Map<string, Promise<OrtArtifact>>()
  const write = async ({ block, inputs, outputs }: Lowered): Promise<OrtArtifact> => {
    const model = emit({ inputs, outputs })
    const hash = createHash('sha256')
    const shell = encodeOnnx(model, {
      place: bytes => {
        hash.update(bytes)
        return { location: 'weights', offset: 0 }
      },
    })
    const key = hash.update(shell).digest('hex')
    const save = async (): Promise<OrtArtifact> => {
      folder ??= inTemporary(temporary => mkdtemp(join(temporary, 'advx-')))
      const path = join(await folder, `${key}.onnx`)
      await inTemporary(() => writeOnnx(path, model, { externalData: { file: `${key}.weights` } }))
      const ports = (record: Fn['inputs']) => Object.entries(record).map(([name, t]) => port(name, t))
      const batch = toposort(Object.values(outputs)).some(t => POSITIONAL.has(t.op.name)) ? 1 : 'any'
      const layout = block === null ? 'plain' : `blocks of ${block} channels`
      return {
        executor: options.device,
        path,
        block,
        layout,
        signature: { inputs: ports(inputs), outputs: ports(outputs), batch },
      }
    }
    if (!made.has(key)) made.set(key, save())
    return made.get(key)!
  }
  const block = async (): Promise<number | null> =>
    options.block === null ? null : blockSize(async (graph, feeds) => trial(await write(graph), feeds))
  return {
    compile: async fn => write(lowered(fn, options, await block())),
    learn: async () => void (await block()),
    async close() {
      const there = await folder?.catch(() => null)
      if (there) await rm(there, { recursive: true, force: true })
      folder = null
      made.clear()
    },
  }
}

/** A function in ONNX Runtime's operators; `block` as the artifact says. */
export type Lowered = Fn & Pick<OrtArtifact, 'block'>

/** The graph in ONNX Runtime's operators, with only those inputs that are still needed; in blocks where these help. */
function lowered({ inputs, outputs }: Fn, { device }: OrtOptions, block: number | null): Lowered {
  const names = Object.keys(outputs)
  const whole = lower(Object.values(outputs), block)
  const graph = device === 'webgpu' ? padsApart(whole) : whole
  const used = ancestors(graph)
  return {
    block: [...used].some(({ op }) => op.name === 'blockedConv') ? block : null,
    inputs: Object.fromEntries(Object.entries(inputs).filter(([, t]) => used.has(t))),
    outputs: Object.fromEntries(names.map((name, i) => [name, graph[i]])),
  }
}
