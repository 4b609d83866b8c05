import type { Call, Operator, Operators } from './call.ts'
import { KERAS_ACTIVATIONS } from './keras/activation.ts'
import { KERAS_LAYERS } from './keras/layers.ts'
import { KERAS_WINDOWS } from './keras/windows.ts'

/**
 * A layer may repeat the shape that it once was given as the first of a model. TensorFlow.js does not look at it, nor
 * does advx; that it is another one than what comes is told.
 */
const checked =
  (layer: Operator): Operator =>
  call => {
    if (isStale(call)) call.setting.notes.add('stale')
    return layer(call)
  }

function isStale(call: Call): boolean {
  const said = call.ints('batch_input_shape', [])
  if (said.length === 0 || !call.has(0)) return false
  const { shape } = call.tensor(0)
  return said.length !== shape.length || said.some((d, i) => i > 0 && d !== -1 && d !== shape[i])
}

/** The layers of a LayersModel: https://js.tensorflow.org/api/latest/#Layers */
export const KERAS: Operators = Object.fromEntries(
  Object.entries({ ...KERAS_ACTIVATIONS, ...KERAS_LAYERS, ...KERAS_WINDOWS }).map(([name, layer]) => [
    name,
    checked(layer),
  ]),
)
