import { ShapeError } from '../../../errors.ts'
import { reshape, transpose } from '../../../ops/shape.ts'
import { pad, slice } from '../../../ops/slice.ts'
import { show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { asBefore, channelsFirst } from '../channels-last.ts'
import { BLOCKS } from '../operators/blocks.ts'
import { demandPicture } from '../window.ts'

const blocks =
  (operator: Operator): Operator =>
  call => {
    const x = channelsFirst(call.tensor(0), 'last')
    return asBefore(
      operator(
        call.as({ inputs: [x], attributes: { blocksize: { kind: 'int', value: call.int('block_size') } } }),
      ) as Tensor,
      'last',
    )
  }

/** The pixels of a block, [height, width], and [before, after] of each axis: of pictures [N, H, W, C]. */
function blockOf(call: Call): { block: readonly number[]; ends: readonly number[] } {
  demandPicture(call.tensor(0).shape, 'blocks')
  const [block, ends] = [call.whole(1), call.whole(2)]
  const within = (v: number, least: number): boolean => v >= least && v <= 1024
  if (block.length !== 2 || ends.length !== 4 || !block.every(b => within(b, 1)) || !ends.every(e => within(e, 0)))
    throw new ShapeError(`[${block}] with [${ends}] are no blocks of pictures.`)
  return { block, ends }
}

/**
 * Each picture as height · width smaller ones, of every so many-th row and column, in the batch: what a dilated convolution
 * is computed by. The pictures of one place in the block come one after the other.
 */
const spaceToBatch: Operator = call => {
  const { block, ends } = blockOf(call)
  const [top, bottom, left, right] = ends
  const x = pad(call.tensor(0), [0, top, left, 0], [0, bottom, right, 0])
  call.setting.budget.activation(x.shape)
  const [n, h, w, c] = x.shape
  const small = [h / block[0], w / block[1]]
  if (!small.every(Number.isInteger))
    throw new ShapeError(`[${show(x.shape)}] does not consist of blocks of [${block}].`)
  const apart = transpose(reshape(x, [n, small[0], block[0], small[1], block[1], c]), [2, 4, 0, 1, 3, 5])
  return reshape(apart, [block[0] * block[1] * n, ...small, c])
}

const batchToSpace: Operator = call => {
  const { block, ends } = blockOf(call)
  const [top, bottom, left, right] = ends
  const x = call.tensor(0)
  const [rows, h, w, c] = x.shape
  const n = rows / (block[0] * block[1])
  if (!Number.isInteger(n)) throw new ShapeError(`[${show(x.shape)}] does not consist of blocks of [${block}].`)
  const apart = transpose(reshape(x, [...block, n, h, w, c]), [2, 3, 0, 4, 1, 5])
  const whole = reshape(apart, [n, h * block[0], w * block[1], c])
  return slice(whole, [0, top, left, 0], [n, whole.shape[1] - top - bottom, whole.shape[2] - left - right, c])
}

export const TF_BLOCKS: Operators = {
  DepthToSpace: blocks(BLOCKS.DepthToSpace),
  SpaceToDepth: blocks(BLOCKS.SpaceToDepth),
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
}
