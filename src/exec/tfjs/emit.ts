import { AdvxError } from '../../errors.ts'
import type { TfGraph } from '../../formats/tfjs/write.ts'
import { toposort } from '../../graph.ts'
import { isConstant, isInput, type Tensor } from '../../tensor.ts'
import { ELEMENTWISE_FORMS } from './elementwise.ts'
import type { Forms } from './form.ts'
import { SHAPE_FORMS } from './shapes.ts'
import { WINDOW_FORMS } from './windows.ts'
import { tfLengths, Writer } from './writer.ts'

const FORMS: Forms = { ...ELEMENTWISE_FORMS, ...SHAPE_FORMS, ...WINDOW_FORMS }

/** Pictures [N, C, H, W] in, logits [N, K] out; right for one picture at a time where `batch` is 1. */
export interface Network {
  readonly input: Tensor
  readonly logits: Tensor
  readonly batch: 'any' | 1
}

/**
 * A network as a GraphModel: pictures [N, H, W, C] in, logits out. Maps stay channels last between operators that have
 * a height and a width. Throws an AdvxError with the fault `model` at an operator without a form.
 */
export function emitTfjs({ input, logits, batch }: Network, metadata: ReadonlyMap<string, string>): TfGraph {
  const w = new Writer()
  const length = batch === 1 ? 1 : -1
  const shape = w.input(input, 'input', length)
  for (const node of toposort([logits])) {
    if (isInput(node) || isConstant(node)) continue
    const form = Object.hasOwn(FORMS, node.op.name) ? FORMS[node.op.name] : undefined
    if (!form) throw new AdvxError('model', `The operator '${node.op.name}' has no form in TensorFlow.js.`)
    const order = form.order(node)
    w.set(node, order, form.write(w, node, order))
  }
  w.node('Identity', [w.value(logits, 'own')], {}, 'logits')
  return w.done({
    inputs: [{ name: 'input', shape }],
    outputs: [{ name: 'logits', shape: tfLengths(logits.shape).with(0, length) }],
    metadata,
  })
}
