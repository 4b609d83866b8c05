import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import { expected } from '../../errors.ts'

/** One way to run TensorFlow.js. */
export interface Kind {
  readonly device: string
  readonly about: string
  /** The packages that it takes; the first one is TensorFlow.js, and the last one registers the backend. */
  readonly packages: readonly string[]
  /** As TensorFlow.js calls it. */
  readonly backend: string
  /** Without a GPU it does not start: it would run on the CPU, and say nothing. */
  readonly gpu?: true
  /** Kernels that give wrong numbers: others stand in for them. */
  readonly wrong?: readonly string[]
  /** Inputs of kernels that must share their memory with no other tensor. */
  readonly unshared?: Readonly<Record<string, string>>
}

/** TensorFlow.js in JavaScript, in WebAssembly, and bound to TensorFlow's own library. */
export const KINDS: readonly Kind[] = [
  {
    device: 'tfjs-cpu',
    about: 'TensorFlow.js in plain JavaScript: slow, runs anywhere',
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
    backend: 'cpu',
  },
  {
    device: 'tfjs-wasm',
    about: 'TensorFlow.js in WebAssembly, one thread',
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
    backend: 'wasm',
    // Of version 4.22: the one adds to memory that it has not cleared; the other keeps how it packed b, by b's memory
    // alone, and takes that for a b of another shape there.
    wrong: ['MaxPoolGrad'],
    unshared: { BatchMatMul: 'b' },
  },
  {
    device: 'tfjs-node',
    about: "TensorFlow's C library on the CPU",
    packages: ['@tensorflow/tfjs-node'],
    backend: 'tensorflow',
  },
  {
    device: 'tfjs-node-gpu',
    about: "TensorFlow's C library on an NVIDIA GPU",
    packages: ['@tensorflow/tfjs-node-gpu'],
    backend: 'tensorflow',
    gpu: true,
  },
]
const VERSION = '4.22.0'

export const kindOf = (device: string): Kind => KINDS.find(kind => kind.device === device)!

/** The file of a package beside this one, in the working folder, or where bin/tfjs-node.sh builds; null: not there. */
export function fileOf(name: string): string | null {
  const places = [() => import.meta.url, () => join(process.cwd(), 'from'), () => join(bindings(), 'from')]
  for (const place of places)
    try {
      return createRequire(place()).resolve(name)
    } catch {}
  return null
}

/** The folder of bin/tfjs-node.sh. */
const bindings = (): string =>
  process.env.ADVX_TFJS_NODE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'advx', 'tfjs-node')

export const isInstalled = ({ packages }: Kind): boolean => packages.every(name => fileOf(name) !== null)

/** The one command that makes a device usable. */
export function setUp({ packages, backend, device }: Kind): string {
  if (backend !== 'tensorflow' || process.platform !== 'linux' || process.arch !== 'x64')
    return `npm install ${packages.map(name => `${name}@${VERSION}`).join(' ')}`
  const own = createRequire(import.meta.url).resolve('advx/package.json')
  const script = relative(process.cwd(), join(own, '..', 'bin', 'tfjs-node.sh'))
  return `bash ${script}${device === 'tfjs-node-gpu' ? ' gpu' : ''}`
}

/** @throws AdvxError when the device is not installed: with the command that does it. */
export function demand(kind: Kind): void {
  const missing = kind.packages.filter(name => fileOf(name) === null)
  if (missing.length > 0)
    throw expected(
      'usage',
      'a device that is installed',
      '--device',
      kind.device,
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing. Set it up by: ${setUp(kind)}`,
    )
}
