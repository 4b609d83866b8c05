import { createRequire } from 'node:module'
import util from 'node:util'
import { AdvxError } from '../../errors.ts'
import { fileOf, type Kind, setUp } from './kinds.ts'
import { registerNative } from './native.ts'

/** TensorFlow.js with a backend. */
export interface Backend {
  readonly kind: Kind
  readonly tf: typeof import('@tensorflow/tfjs-core')
  readonly has: (kernel: string) => boolean
  /** Makes it the one that runs what is called next, in the same turn of the event loop. */
  use(): Promise<void>
}

/** @throws AdvxError when its packages are not whole: with the command that mends them. */
export async function start(kind: Kind): Promise<Backend> {
  if (kind.backend === 'tensorflow') prepareForNative()
  try {
    const require = createRequire(import.meta.url)
    const [tf] = kind.packages.map(name => require(fileOf(name)!)) as Backend['tf'][]
    if (kind.backend === 'tensorflow') registerNative(tf, kind.backend)
    tf.enableProdMode() // no advertisement of other backends
    const use = async (): Promise<void> => {
      while (tf.getBackend() !== kind.backend)
        if (!(await tf.setBackend(kind.backend))) throw new Error(`its backend '${kind.backend}' was refused`)
    }
    await use()
    if (kind.gpu && !(tf.backend() as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice)
      throw new Error('TensorFlow sees no GPU that it can use (nvidia-smi shows what the driver sees)')
    const has = (kernel: string): boolean =>
      !kind.wrong?.includes(kernel) && tf.getKernel(kernel, kind.backend) !== undefined
    return { kind, tf, has, use }
  } catch (cause) {
    const [reason] = (cause as Error).message.split('\n')
    throw new AdvxError(
      'usage',
      `The device '${kind.device}' does not start: ${reason}. Set it up by: ${setUp(kind)}`,
      {
        cause,
      },
    )
  }
}

/** Whether a backend starts; `advx doctor` says why it does not. */
export const starts = (kind: Kind): Promise<boolean> =>
  start(kind).then(
    () => true,
    () => false,
  )

/** What has to be so before TensorFlow's library is loaded. */
function prepareForNative(): void {
  // tfjs-node calls what Node.js has no longer since version 23.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined })
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_DETERMINISTIC_OPS ??= '1' // on a GPU sums are else added in any order
}
