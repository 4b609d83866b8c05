import { AdvxError } from '../../errors.ts'
import { quote } from '../../formats/onnx/quote.ts'
import type { OnnxModel } from '../../formats/onnx/schema.ts'
import type { Tensor } from '../../tensor.ts'
import type { Setting } from './call.ts'
import { functionTable } from './functions.ts'
import { Scope } from './scope.ts'
import { isTensor, type Value } from './value.ts'

/** The value of `output`, computed from the given ones and the weights by the nodes that it needs. */
export function translate(
  { graph, opsets, functions }: OnnxModel,
  given: ReadonlyMap<string, Value>,
  output: string,
  setting: Setting,
): Tensor {
  const live = new Set(given.values())
  const scope = new Scope({ ...graph, outputs: [output] }, given, {
    setting,
    functions: functionTable(functions),
    live,
    counted: new Set(live),
    opsets,
    attributes: new Map(),
    calls: [],
  })
  const result = scope.value(output)
  if (result && isTensor(result) && live.has(result)) return result
  throw new AdvxError('model', `The output ${quote(output)} does not depend on the picture.`)
}
