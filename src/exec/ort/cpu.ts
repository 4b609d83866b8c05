import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeOnnx, writeOnnx } from '../../formats/onnx/write.ts'
import { ancestors, toposort } from '../../graph.ts'
import { type Artifact, type Executor, type Fn, port } from '../executor.ts'
import { emit } from './emit.ts'
import { lower } from './lower.ts'
import { openSession, runtime } from './session.ts'

/** A compiled graph: an ONNX file whose weights lie beside it, where sessions map them into memory and share them. */
export interface OrtArtifact extends Artifact {
  readonly path: string
}

/**
 * Operators that ONNX Runtime computes by one formula in whole vectors and by another in what is left at a tensor's
 * end: an element's last bits depend on its place.
 */
const POSITIONAL = new Set('log sin cos tan asin acos atan sinh cosh asinh acosh atanh'.split(' '))

/** ONNX Runtime on the CPU. Each opened program is one session of one thread: give every core its own. */
export function cpu(): Executor {
  let folder: Promise<string> | null = null
  const made = new Map<string, Promise<OrtArtifact>>()
  return {
    name: 'cpu',
    threads: true,
    load: async () => void (await runtime()),
    async compile(fn) {
      const { inputs, outputs } = lowered(fn)
      const model = emit({ inputs, outputs })
      const hash = createHash('sha256')
      const shell = encodeOnnx(model, {
        place: bytes => {
          hash.update(bytes)
          return { location: 'weights', offset: 0 }
        },
      })
      const key = hash.update(shell).digest('hex')
      const write = async (): Promise<OrtArtifact> => {
        folder ??= mkdtemp(join(tmpdir(), 'advx-'))
        const path = join(await folder, `${key}.onnx`)
        await writeOnnx(path, model, { externalData: { file: `${key}.weights` } })
        const ports = (record: Fn['inputs']) => Object.entries(record).map(([name, t]) => port(name, t))
        const batch = toposort(Object.values(outputs)).some(t => POSITIONAL.has(t.op.name)) ? 1 : 'any'
        return { executor: 'cpu', path, signature: { inputs: ports(inputs), outputs: ports(outputs), batch } }
      }
      if (!made.has(key)) made.set(key, write())
      return made.get(key)!
    },
    open: artifact => openSession(artifact as OrtArtifact),
    async close() {
      if (folder) await rm(await folder, { recursive: true, force: true })
      folder = null
      made.clear()
    },
  }
}

/** The graph in ONNX Runtime's operators, with only those inputs that are still needed. */
function lowered({ inputs, outputs }: Fn): Fn {
  const names = Object.keys(outputs)
  const graph = lower(Object.values(outputs))
  const used = ancestors(graph)
  return {
    inputs: Object.fromEntries(Object.entries(inputs).filter(([, t]) => used.has(t))),
    outputs: Object.fromEntries(names.map((name, i) => [name, graph[i]])),
  }
}
