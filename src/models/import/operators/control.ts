import { AdvxError } from '../../../errors.ts'
import type { Operator, Operators } from '../call.ts'
import { asNumbers, plain } from '../value.ts'

/** One of its two graphs, by a condition that is known when the model is read. */
const conditional: Operator = call => {
  const condition = asNumbers(call.value(0))
  if (!condition)
    throw new AdvxError(
      'model',
      'Its condition is computed from the picture, so that the network differs from picture to picture: export it without.',
    )
  const values = plain(condition)
  if (values.length !== 1) throw new AdvxError('model', `Its condition has ${values.length} values instead of one.`)
  return call.graph(values[0] === 0 ? 'else_branch' : 'then_branch')
}

const repeated: Operator = () => {
  throw new AdvxError(
    'model',
    'advx reads no loops: export the model with its loops unrolled, as torch.jit.trace does.',
  )
}

export const CONTROLS: Operators = { If: conditional, Loop: repeated, Scan: repeated }
