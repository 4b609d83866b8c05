import { AdvxError } from '../../errors.ts'
import type { Draft } from '../protobuf/message.ts'
import { attributeProtos, parseAttributes, type Reading, type Writing } from './attribute.ts'
import { nodeProtos, parseNodes } from './graph.ts'
import { opsetProtos, parseOpsets, plainDomain } from './opset.ts'
import { sortNodes } from './order.ts'
import type { FunctionProto } from './proto.ts'
import { quote } from './quote.ts'
import type { OnnxFunction } from './schema.ts'
import { demandKnown, demandUnique } from './scope.ts'

/** The operators that a file defines itself; each reads only its own inputs. */
export function parseFunctions(protos: readonly FunctionProto[], parts: Reading): readonly OnnxFunction[] {
  const seen = new Set<string>()
  return protos.map(proto => {
    const domain = plainDomain(proto.domain)
    const { overload } = proto
    const subject = `function ${quote([domain, proto.name, ...(overload ? [overload] : [])].join('.'))}`
    if (seen.has(subject)) throw new AdvxError('model', `The ${subject} is defined twice.`)
    seen.add(subject)
    const nodes = parseNodes(proto.node, parts)
    const values = [...proto.input, ...nodes.flatMap(({ outputs }) => outputs.filter(name => name !== ''))]
    demandUnique(values)
    demandKnown(nodes, proto.output, new Set(values))
    return {
      name: proto.name,
      domain,
      ...(overload === '' ? {} : { overload }),
      inputs: proto.input,
      outputs: proto.output,
      attributes: proto.attribute,
      defaults: parseAttributes(proto.attributeProto, subject, parts),
      nodes: sortNodes(nodes),
      opsets: parseOpsets(proto.opsetImport),
    }
  })
}

export const functionProto = (made: OnnxFunction, parts: Writing): Draft<FunctionProto> => ({
  name: made.name,
  domain: made.domain,
  overload: made.overload ?? '',
  input: made.inputs,
  output: made.outputs,
  attribute: made.attributes,
  attributeProto: attributeProtos(made.defaults, parts),
  node: nodeProtos(made.nodes, parts),
  opsetImport: opsetProtos(made.opsets),
})
