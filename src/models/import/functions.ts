import { AdvxError } from '../../errors.ts'
import { checkOpsets } from '../../formats/onnx/opset.ts'
import type { OnnxFunction, OnnxNode } from '../../formats/onnx/schema.ts'

/** Functions that call functions: those of torch.onnx are three deep. */
const MAX_DEPTH = 64

const keyOf = ({ domain, type, overload = '' }: Pick<OnnxNode, 'domain' | 'type' | 'overload'>): string =>
  [domain, type, overload].join('\0')

export const functionTable = (functions: readonly OnnxFunction[]): ReadonlyMap<string, OnnxFunction> =>
  new Map(functions.map(made => [keyOf({ ...made, type: made.name }), made]))

/** The function of the file that a node calls. It goes before an operator of the same name. */
export const functionOf = (table: ReadonlyMap<string, OnnxFunction>, node: OnnxNode): OnnxFunction | undefined =>
  table.get(keyOf(node))

/** Throws where a call would not end or does not fit the function. `calls`: the functions that it happens in. */
export function checkCall(made: OnnxFunction, node: OnnxNode, calls: readonly OnnxFunction[]): void {
  if (calls.includes(made)) throw new AdvxError('model', 'It calls itself, so that it never ends.')
  if (calls.length === MAX_DEPTH) throw new AdvxError('model', `Functions call each other more than ${MAX_DEPTH} deep.`)
  if (node.inputs.length > made.inputs.length)
    throw new AdvxError('model', `It takes ${made.inputs.length} inputs, not ${node.inputs.length}.`)
  if (node.outputs.length > made.outputs.length)
    throw new AdvxError('model', `It has ${made.outputs.length} outputs, not ${node.outputs.length}.`)
  if (made.opsets.has('')) checkOpsets(made.opsets, 'the function')
}
