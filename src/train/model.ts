import { rewrite } from '../graph.ts'
import type { Network } from '../network.ts'
import type { Model } from '../objective.ts'
import { batchFigures, normaliseByBatch } from '../ops/batch-norm.ts'
import { greater } from '../ops/elementwise.ts'
import type { Random } from '../random.ts'
import type { Tensor } from '../tensor.ts'

/** A network for batches of one length, behind its preprocessing. */
export interface Applied {
  readonly network: Network
  /** Pictures in [0, 1] as the network wants them. */
  normalise(x: Tensor): Tensor
}

/** How far running figures move to those of a batch, as PyTorch and the paper's successors have it. */
export const MOMENTUM = 0.1

/**
 * A model, and what the running figures become by all its applications in training so far, in their order.
 * `running`: by the tensor of a figure.
 */
export function modelOf(
  { network, normalise }: Applied,
  random: Random,
): { model: Model; running: ReadonlyMap<Tensor, Tensor> } {
  const running = new Map<Tensor, Tensor>(network.running.map(({ tensor }) => [tensor, tensor]))
  const heads = [network.logits, ...network.auxiliary.map(({ logits }) => logits)]
  const train = (x: Tensor): Tensor[] =>
    rewrite(heads, (node, inputs) => {
      if (node === network.input) return normalise(x)
      if (node.op.name === 'dropout') return dropped(inputs[0], node.attrs.rate as number, random)
      if (node.op.name !== 'batchNorm') return undefined
      const [, gamma, beta, mean, variance] = node.inputs
      const batch = byBatch(inputs[0], gamma, beta, node.attrs.epsilon as number)
      move(running, mean, batch.mean)
      move(running, variance, batch.variance)
      return batch.y
    })
  return {
    running,
    model: {
      train(x) {
        const [logits, ...others] = train(x)
        return { logits, auxiliary: network.auxiliary.map(({ share }, i) => ({ share, logits: others[i] })) }
      },
      evaluate: x => rewrite([network.logits], node => (node === network.input ? normalise(x) : undefined))[0],
    },
  }
}

function move(running: Map<Tensor, Tensor>, figure: Tensor, batch: Tensor): void {
  const before = running.get(figure)
  if (before) running.set(figure, before.mul(1 - MOMENTUM).add(batch.mul(MOMENTUM)))
}

function dropped(x: Tensor, rate: number, random: Random): Tensor {
  return rate === 0 ? x : x.mul(greater(random.uniform(x), rate)).div(1 - rate)
}

/**
 * Normalised by the batch, and its figures, [C]: the variance with n − 1 in its denominator, which is what the running one
 * follows (Ioffe and Szegedy 2015, Algorithms 1 and 2).
 */
function byBatch(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): { y: Tensor; mean: Tensor; variance: Tensor } {
  const { mean, variance } = batchFigures(x)
  const [n, , h, w] = x.shape
  const count = n * h * w
  const y = normaliseByBatch(x, gamma, beta, { epsilon })
  return { y, mean, variance: variance.mul(count / Math.max(1, count - 1)) }
}
