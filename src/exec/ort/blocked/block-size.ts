import { evaluate } from '../../../evaluate.ts'
import { encodeOnnx } from '../../../formats/onnx/write.ts'
import { conv } from '../../../ops/conv.ts'
import { relu } from '../../../ops/elementwise.ts'
import { maxPool } from '../../../ops/pool.ts'
import { constant, input, type Tensor } from '../../../tensor.ts'
import { emit } from '../emit.ts'
import { runtime } from '../session.ts'
import { inBlocks } from './assign.ts'
import { reorderInput } from './reorder-op.ts'

let found: Promise<number | null> | null = null

/**
 * How many channels ONNX Runtime keeps side by side on this processor: 16 with AVX-512, 8 with AVX2. Null where its
 * operators for that are missing or do something that we do not know: a graph in blocks of another size would be wrong
 * without any error.
 */
export function blockSize(): Promise<number | null> {
  found ??= ask()
    .then(async size => ((size === 8 || size === 16) && (await agrees(size)) ? size : null))
    .catch(() => null)
  return found
}

/** Two pixels of 16 channels, 0, 1; 2, 3; …: in blocks, the second pixel of the first channel comes after the first block. */
async function ask(): Promise<number> {
  const x = input([1, 16, 1, 2], 'x')
  const y = await run(x, reorderInput(x, 16), Float32Array.from(Array(32).keys()))
  return y.indexOf(1)
}

/** Whether a convolution with a sum and an activation and a pooling give what our own kernels for them give. */
async function agrees(size: number): Promise<boolean> {
  const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * i))
  const channels = size + 1
  const x = input([1, channels, 3, 4], 'x')
  const w = constant(wave(channels * channels * 9), [channels, channels, 3, 3])
  const sum = relu(conv(x, w, { pads: [1, 1, 1, 1] }, constant(wave(channels), [channels])).add(x))
  const y = maxPool(sum, { kernel: [2, 2], strides: [1, 2], pads: [0, 0, 1, 0], dilations: [1, 1] })
  const given = wave(channels * 12)
  const got = await run(x, inBlocks([y], size)[0], given)
  const [wanted] = evaluate([y], new Map([[x, given]]))
  return got.length === wanted.length && wanted.every((v, i) => Math.abs(v - got[i]) < 1e-4)
}

async function run(x: Tensor, y: Tensor, given: Float32Array): Promise<Float32Array> {
  const ort = await runtime()
  const model = encodeOnnx(emit({ inputs: { x }, outputs: { y } }))
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
  })
  const results = await session.run({ x: new ort.Tensor('float32', given, [...x.shape]) })
  await session.release()
  return results.y.data as Float32Array
}
