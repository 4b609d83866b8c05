import { ShapeError } from '../../../errors.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { depthToSpace, spaceToDepth } from '../../../ops/space.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { demandPicture } from '../window.ts'

function blockOf(call: Call, x: Tensor): number {
  demandPicture(x.shape, 'rearranging pixels')
  const block = call.int('blocksize')
  if (!(block >= 1 && block <= 1024)) throw new ShapeError(`A block of ${block} pixels is no block.`)
  return block
}

/** Channels become pixels; in the order CRD the channel of the result comes first in them, in DCR last. */
const depthToPixels: Operator = call => {
  const x = call.tensor(0)
  const block = blockOf(call, x)
  if (call.text('mode', 'DCR') === 'DCR') return depthToSpace(x, block)
  const [n, depth, h, w] = x.shape
  const c = depth / block ** 2
  if (!Number.isInteger(c)) throw new ShapeError(`${depth} channels do not fill blocks of ${block}x${block}.`)
  const apart = transpose(reshape(x, [n, c, block, block, h, w]), [0, 1, 4, 2, 5, 3])
  return reshape(apart, [n, c, h * block, w * block])
}

export const BLOCKS: Operators = {
  DepthToSpace: depthToPixels,
  SpaceToDepth: call => spaceToDepth(call.tensor(0), blockOf(call, call.tensor(0))),
}
