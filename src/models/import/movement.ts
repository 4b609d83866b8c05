import { evaluate } from '../../evaluate.ts'
import { constant, type Tensor } from '../../tensor.ts'
import type { Call } from './call.ts'
import { asTensor, isTensor, type Numbers, type Value } from './value.ts'

/**
 * An operator that only moves elements, on tensors or on numbers that are known: these by moving their places, so that
 * each such operator is written once.
 */
export function move(
  call: Call,
  inputs: readonly Value[],
  how: (tensors: readonly Tensor[]) => readonly Tensor[],
): readonly Value[] {
  const known = inputs.filter((x): x is Numbers => !isTensor(x))
  if (known.length < inputs.length) return how(inputs.map(asTensor))
  const { data, batch } = together(known)
  call.setting.budget.numbers(data.length)
  let first = 0
  const places = known.map(({ dims, data: { length } }) => {
    const own = Float32Array.from({ length }, (_, i) => first + i)
    first += length
    return constant(own, dims)
  })
  return how(places).map(moved => {
    call.setting.budget.constant(moved.shape)
    const [from] = evaluate([moved])
    return {
      dims: moved.shape,
      kind: known[0].kind,
      element: known[0].element,
      data: from.map(i => data[i]),
      batch: batch && from.map(i => batch[i]),
    }
  })
}

/** All their elements one after the other. */
function together(all: readonly Numbers[]): Pick<Numbers, 'data' | 'batch'> {
  const length = all.reduce((total, x) => total + x.data.length, 0)
  const [data, batch] = [new Float64Array(length), new Float64Array(length)]
  let at = 0
  for (const x of all) {
    data.set(x.data, at)
    if (x.batch) batch.set(x.batch, at)
    at += x.data.length
  }
  return { data, batch: all.some(x => x.batch) ? batch : null }
}
