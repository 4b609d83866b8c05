import { AdvxError, expected } from '../../errors.ts'
import type { OpsetProto } from './proto.ts'
import { quote } from './quote.ts'

/** The versions of ai.onnx whose operators advx knows. */
export const OPSETS = { first: 7, last: 24 }

/** 'ai.onnx' is the long name of ''. */
export const plainDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain)

/** The version of each operator set that a model or function imports; '' is ai.onnx. */
export function parseOpsets(protos: readonly OpsetProto[]): ReadonlyMap<string, number> {
  const opsets = new Map<string, number>()
  for (const { domain, version } of protos) {
    const plain = plainDomain(domain)
    if ((opsets.get(plain) ?? version) !== version)
      throw new AdvxError('model', `The file imports two versions of the operator set ${quote(plain || 'ai.onnx')}.`)
    opsets.set(plain, version)
  }
  return opsets
}

export const opsetProtos = (opsets: ReadonlyMap<string, number>): OpsetProto[] =>
  Array.from(opsets, ([domain, version]) => ({ domain, version }))

/**
 * Throws where ai.onnx is older or newer than what advx knows; other sets are for the reader of the nodes to judge.
 * `subject` is what imports them, for the message.
 */
export function checkOpsets(opsets: ReadonlyMap<string, number>, subject = 'the model'): void {
  const version = opsets.get('')
  const { first, last } = OPSETS
  if (version !== undefined && version >= first && version <= last) return
  const hint =
    version !== undefined && version < first
      ? "Convert it with Python's onnx.version_converter.convert_version(model, 13)."
      : 'Export it with a lower opset, such as 17.'
  throw expected('model', `opset ${first} to ${last} of ai.onnx`, subject, version ?? 'none', hint)
}
