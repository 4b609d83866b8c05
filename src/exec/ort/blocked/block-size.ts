import { encodeOnnx } from '../../../formats/onnx/write.ts'
import { runtime } from '../session.ts'
import { NCHWC } from './reorder-op.ts'

let found: Promise<number | null> | null = null

/**
 * How many channels ONNX Runtime keeps side by side on this processor: 16 with AVX-512, 8 with AVX2. Null where its
 * operators for that are missing or do something that we do not know. A graph in blocks of another size would be wrong
 * without any error.
 */
export function blockSize(): Promise<number | null> {
  found ??= ask().catch(() => null)
  return found
}

/** Two pixels of 16 channels, 0, 1; 2, 3; …: in blocks, the second pixel of the first channel comes after the first block. */
async function ask(): Promise<number | null> {
  const ort = await runtime()
  const value = (name: string) => ({ name, type: 'float32', dims: [1, 16, 1, 2] })
  const model = encodeOnnx({
    irVersion: 8,
    producer: 'advx',
    opsets: new Map([
      ['', 17],
      [NCHWC, 1],
    ]),
    metadata: new Map(),
    functions: [],
    graph: {
      name: 'block',
      nodes: [{ name: 'y', type: 'ReorderInput', domain: NCHWC, inputs: ['x'], outputs: ['y'], attributes: new Map() }],
      initializers: new Map(),
      inputs: [value('x')],
      outputs: [value('y')],
      values: [],
    },
  })
  const session = await ort.InferenceSession.create(model, { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 })
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(Array(32).keys()), [1, 16, 1, 2]) })
  await session.release()
  const size = (y.data as Float32Array).indexOf(1)
  return size === 8 || size === 16 ? size : null
}
