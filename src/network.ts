import { fixBatch } from './fixed-batch.ts'
import type { Tensor } from './tensor.ts'

/** Numbers of a network that are kept apart from its graph, where they are an input. */
export interface Weight {
  readonly name: string
  readonly tensor: Tensor
  /** Before any training, row-major. */
  readonly start: Float32Array
}

/** Logits of a head that only training has, and its share of the loss. */
export interface Auxiliary {
  readonly logits: Tensor
  readonly share: number
}

/**
 * A network whose weights can change. Its graph is that of the trained network: `batchNorm` goes by running figures and
 * `dropout` changes nothing; training puts other operators in their place.
 */
export interface Network {
  /** Normalised pictures, [N, C, H, W]. */
  readonly input: Tensor
  /** [N, K] */
  readonly logits: Tensor
  readonly auxiliary: readonly Auxiliary[]
  /** What the optimizer changes. */
  readonly weights: readonly Weight[]
  /** Running means and variances of the batch normalisations. */
  readonly running: readonly Weight[]
}

/** The same network for batches of `n` pictures alone. */
export function forBatches(network: Network, n: number): Network {
  const { logits, auxiliary } = network
  const { x, roots } = fixBatch([logits, ...auxiliary.map(head => head.logits)], network.input, n)
  return {
    ...network,
    input: x,
    logits: roots[0],
    auxiliary: auxiliary.map(({ share }, i) => ({ share, logits: roots[i + 1] })),
  }
}
