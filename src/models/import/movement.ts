import { AdvxError } from '../../errors.ts'
import { evaluate } from '../../evaluate.ts'
import { constant, type Tensor } from '../../tensor.ts'
import type { Call } from './call.ts'
import { asTensor, isTensor, type Numbers, type Value } from './value.ts'

/**
 * An operator that only moves elements, on tensors or on numbers that are known: these by moving their indices, so that
 * each such operator is written once.
 */
export function move(
  call: Call,
  inputs: readonly Value[],
  how: (tensors: readonly Tensor[]) => readonly Tensor[],
): readonly Value[] {
  const known = inputs.filter(x => !isTensor(x)) as Numbers[]
  if (known.length < inputs.length) return how(inputs.map(asTensor))
  const count = known.reduce((total, { data }) => total + data.length, 0)
  if (count > 2 ** 24) throw new AdvxError('model', `It moves ${count} whole numbers, more than advx does.`)
  const all = known.flatMap(x => Array.from(x.data, (a, i) => [a, x.batch?.[i] ?? 0] as const))
  let first = 0
  const indices = known.map(({ data, dims }) => {
    const own = Float32Array.from(data, (_, i) => first + i)
    first += data.length
    return constant(own, dims)
  })
  return how(indices).map(moved => {
    call.setting.budget.constant(moved.shape)
    const terms = Array.from(evaluate([moved])[0], i => all[i])
    const batch = Float64Array.from(terms, ([, k]) => k)
    return {
      dims: moved.shape,
      kind: known[0].kind,
      data: Float64Array.from(terms, ([a]) => a),
      batch: batch.some(k => k !== 0) ? batch : null,
    }
  })
}
