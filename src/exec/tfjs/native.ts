import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import type { Backend } from './backend.ts'

/** Operators of TensorFlow's library that TensorFlow.js has no kernels for, each with the names of its inputs. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  ReluGrad: ['gradients', 'features'],
  Relu6Grad: ['gradients', 'features'],
}

/** What the bound library offers, as far as it is used here. */
interface Bound {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number }
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly TensorInfo[]): TensorInfo
}

/** Makes kernels of these operators. */
export function registerNative({ registerKernel, getKernel }: Backend['tf'], backendName: string): void {
  for (const [kernelName, names] of Object.entries(OPERATORS)) {
    const kernelFunc: KernelFunc = ({ inputs, backend }) => {
      const { binding, executeSingleOutput } = backend as Bound
      const T = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
      return executeSingleOutput.call(
        backend,
        kernelName,
        [T],
        names.map(name => inputs[name]!),
      )
    }
    if (!getKernel(kernelName, backendName)) registerKernel({ kernelName, backendName, kernelFunc })
  }
}
