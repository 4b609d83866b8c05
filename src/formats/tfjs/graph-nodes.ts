import type { OnnxNode } from '../onnx/schema.ts'
import { parseAttributes } from './attribute.ts'
import { type Json, list, object, text } from './json.ts'

/** The set that TensorFlow's operators are of. */
export const TENSORFLOW = 'tensorflow'

/** `x:0` is x; in functions the name of the result stands between: `x:output:0`. */
export const valueName = (name: string): string => name.replace(/:[a-z_]\w*(?=:\d+$)/i, '').replace(/:0$/, '')

/** Nodes of a GraphDef. The result k > 0 of a node is called `name:k`, its first by its name alone. */
export const parseNodes = (protos: readonly Json[], wanted: readonly string[] = []): readonly OnnxNode[] =>
  withOutputs(protos.map(parseNode), wanted)

function parseNode(proto: Json, i: number): OnnxNode {
  const name = text(proto.name, `the name of node ${i}`)
  const subject = `node '${name}'`
  const inputs = list(proto.input ?? [], `the inputs of ${subject}`).map(input => text(input, `an input of ${subject}`))
  return {
    name,
    type: text(proto.op, `the operator of ${subject}`),
    domain: TENSORFLOW,
    // ^x says that x comes before, and gives nothing.
    inputs: inputs.filter(input => !input.startsWith('^')).map(valueName),
    outputs: [name],
    attributes: parseAttributes(object(proto.attr ?? {}, `'attr' of ${subject}`)),
  }
}

/** Nodes do not say how many results they have: as many as others read, or as are `wanted`. */
function withOutputs(nodes: readonly OnnxNode[], wanted: readonly string[]): readonly OnnxNode[] {
  const last = new Map<string, number>()
  for (const input of [...nodes.flatMap(({ inputs }) => inputs), ...wanted]) {
    const [, name, place] = /^(.*):(\d{1,4})$/.exec(input) ?? []
    if (name !== undefined) last.set(name, Math.max(last.get(name) ?? 0, Number(place)))
  }
  return nodes.map(node => ({
    ...node,
    outputs: Array.from({ length: (last.get(node.name) ?? 0) + 1 }, (_, k) =>
      k === 0 ? node.name : `${node.name}:${k}`,
    ),
  }))
}
