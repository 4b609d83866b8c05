import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import util from 'node:util'
import { expected } from '../../errors.ts'

/** One way to run TensorFlow.js. */
export interface Kind {
  readonly device: string
  /** The packages that it takes; the last one registers the backend. */
  readonly packages: readonly string[]
  /** As TensorFlow.js calls it. */
  readonly backend: string
  /** Kernels that give wrong numbers: others stand in for them. */
  readonly wrong?: readonly string[]
  /** Inputs of kernels that must share their memory with no other tensor. */
  readonly unshared?: Readonly<Record<string, string>>
}
export type Core = typeof import('@tensorflow/tfjs-core')

/** TensorFlow.js with a backend. */
export interface Backend {
  readonly kind: Kind
  readonly tf: Core
  readonly has: (kernel: string) => boolean
  /** Makes it the one that runs what is called next, in the same turn of the event loop. */
  use(): Promise<void>
}

const VERSION = '4.22.0'
/** `bin/tfjs-node.sh` builds the bindings into this folder where the package's own download cannot be had. */
const bindings = (): string =>
  process.env.ADVX_TFJS_NODE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'advx', 'tfjs-node')

/** The file of a package, found from this one, from the working folder or among the bindings built; null: not installed. */
export function fileOf(name: string): string | null {
  for (const folder of [import.meta.url, join(process.cwd(), 'x.js'), join(bindings(), 'x.js')])
    try {
      return createRequire(folder).resolve(name)
    } catch {}
  return null
}

/** The one command that makes a device usable. */
export const setUp = ({ packages }: Kind): string =>
  `npm install ${packages.map(name => `${name}@${VERSION}`).join(' ')}`

/** @throws AdvxError when a package is missing: with the command that installs it. */
export function demand(kind: Kind): void {
  const missing = kind.packages.filter(name => fileOf(name) === null)
  if (missing.length > 0)
    throw expected(
      'usage',
      'an installed device',
      '--device',
      kind.device,
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not here. Set it up by: ${setUp(kind)}`,
    )
}

export async function load(kind: Kind): Promise<Backend> {
  demand(kind)
  const native = kind.backend === 'tensorflow'
  if (native) {
    // tfjs-node calls what Node.js has no longer since version 23; TensorFlow reports what it does unless told not to.
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined })
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
    process.env.TF_DETERMINISTIC_OPS ??= '1'
  }
  const require = createRequire(import.meta.url)
  const modules = kind.packages.map(name => require(fileOf(name)!))
  const tf = modules[0] as Core
  tf.enableProdMode() // no advertisement of other backends
  const use = async (): Promise<void> => {
    while (tf.getBackend() !== kind.backend)
      if (!(await tf.setBackend(kind.backend))) throw new Error(`The backend '${kind.backend}' does not start`)
  }
  await use()
  await tf.ready()
  const has = (kernel: string): boolean =>
    !kind.wrong?.includes(kernel) && tf.getKernel(kernel, kind.backend) !== undefined
  return { kind, tf, has, use }
}
