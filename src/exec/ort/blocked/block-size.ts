import { evaluate } from '../../../evaluate.ts'
import { conv } from '../../../ops/conv.ts'
import { relu } from '../../../ops/elementwise.ts'
import { maxPool } from '../../../ops/pool.ts'
import { constant, input } from '../../../tensor.ts'
import type { Values } from '../../executor.ts'
import type { Lowered } from '../compile.ts'
import { inBlocks } from './assign.ts'
import { reorderInput } from './reorder-op.ts'

let found: Promise<number | null> | null = null

/** Runs a graph once as it stands. */
export type Run = (graph: Lowered, feeds: Values) => Promise<Values>

/**
 * How many channels ONNX Runtime keeps side by side on this processor: 16 with AVX-512, 8 with AVX2. Null where its
 * operators for that are missing or do something that we do not know: a graph in blocks of another size would be wrong
 * without any error.
 */
export function blockSize(run: Run): Promise<number | null> {
  found ??= ask(run)
    .then(async size => ((size === 8 || size === 16) && (await agrees(run, size)) ? size : null))
    .catch(() => null)
  return found
}

/** Two pixels of 16 channels, 0, 1; 2, 3; …: in blocks, the second pixel of the first channel comes after the first block. */
async function ask(run: Run): Promise<number> {
  const x = input([1, 16, 1, 2], 'x')
  const graph = { block: 16, inputs: { x }, outputs: { y: reorderInput(x, 16) } }
  const { y } = await run(graph, { x: Float32Array.from(Array(32).keys()) })
  return y.indexOf(1)
}

/** Whether a convolution with a sum and an activation and a pooling give what our own kernels for them give. */
async function agrees(run: Run, size: number): Promise<boolean> {
  const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * i))
  const channels = size + 1
  const x = input([1, channels, 3, 4], 'x')
  const w = constant(wave(channels * channels * 9), [channels, channels, 3, 3])
  const sum = relu(conv(x, w, { pads: [1, 1, 1, 1] }, constant(wave(channels), [channels])).add(x))
  const y = maxPool(sum, { kernel: [2, 2], strides: [1, 2], pads: [0, 0, 1, 0], dilations: [1, 1] })
  const given = wave(channels * 12)
  const graph = { block: size, inputs: { x }, outputs: { y: inBlocks([y], size)[0] } }
  const { y: got } = await run(graph, { x: given })
  const [wanted] = evaluate([y], new Map([[x, given]]))
  return got.length === wanted.length && wanted.every((v, i) => Math.abs(v - got[i]) < 1e-4)
}
