import { AdvxError, ShapeError } from '../../../errors.ts'
import { slice } from '../../../ops/slice.ts'
import { show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import { apart, attention, together } from '../attention.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { MATRICES } from './matrix.ts'

/** Throws where attention would look at more than the picture: `inputs` are masks, earlier keys and the like. */
function demandPlain(call: Call, inputs: readonly number[]): void {
  const more = inputs.find(i => call.has(i))
  if (more !== undefined)
    throw new AdvxError('model', `Attention with an input ${more + 1} (masks and the like) is not known.`)
  for (const name of ['unidirectional', 'do_rotary', 'is_causal'])
    if (call.int(name, 0)) throw new AdvxError('model', `Attention that is '${name}' is not known.`)
}

/** Queries, keys and values by one product. */
const selfAttention: Operator = call => {
  demandPlain(call, [3, 4, 5, 6])
  const rows = MATRICES.MatMul(call.as({ inputs: [call.tensor(0), call.tensor(1)] })) as Tensor
  const all = call.has(2) ? rows.add(call.tensor(2)) : rows
  const third = all.shape[all.shape.length - 1] / 3
  const sizes = call.ints('qkv_hidden_sizes', [third, third, third])
  if (all.shape.length !== 3 || sizes.length !== 3 || sizes.some(s => !(s >= 1)) || sum(sizes) !== all.shape[2])
    throw new ShapeError(`[${show(all.shape)}] is not made of queries, keys and values of [${sizes}].`)
  const [q, k, v] = sizes.map((length, i) =>
    slice(all, [0, 0, sum(sizes.slice(0, i))], [...all.shape.slice(0, 2), length]),
  )
  return byHeads(call, q, k, v)
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** Queries, keys and values as they come, with a bias for all three. */
const multiHeadAttention: Operator = call => {
  demandPlain(call, [4, 5, 6, 7, 8])
  const parts = [0, 1, 2].map(i => call.tensor(i))
  let at = 0
  const [q, k, v] = parts.map(x => {
    const length = x.shape[x.shape.length - 1]
    at += length
    return call.has(3) ? x.add(slice(call.tensor(3), [at - length], [length])) : x
  })
  return byHeads(call, q, k, v)
}

/** As many heads for queries as for keys and values. */
const byHeads = (call: Call, ...parts: readonly [q: Tensor, k: Tensor, v: Tensor]): Tensor => {
  const [q, k, v] = parts.map(x => apart(x, call.int('num_heads')))
  return together(attention(q, k, v, call.float('scale', 0)))
}

/** Of ai.onnx 23: with their heads in an axis of their own, or one after the other in the last. */
const plainAttention: Operator = call => {
  demandPlain(call, [3, 4, 5, 6])
  if (call.float('softcap', 0) !== 0) throw new AdvxError('model', 'Attention with a softcap is not known.')
  const parts = [0, 1, 2].map(i => call.tensor(i))
  const flat = parts[0].shape.length === 3
  const [q, k, v] = flat ? parts.map((x, i) => apart(x, call.int(i === 0 ? 'q_num_heads' : 'kv_num_heads'))) : parts
  if ([q, k, v].some(({ shape }) => shape.length !== 4 || shape[1] !== q.shape[1]))
    throw new ShapeError(
      `Queries, keys and values of [${parts.map(({ shape }) => show(shape)).join('], [')}] have not as many heads.`,
    )
  const y = attention(q, k, v, call.float('scale', 0))
  return flat ? together(y) : y
}

export const ATTENTION: Operators = { Attention: plainAttention }

/** Of com.microsoft. */
export const FUSED_ATTENTION: Operators = { Attention: selfAttention, MultiHeadAttention: multiHeadAttention }
