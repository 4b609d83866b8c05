import { ShapeError } from '../../../errors.ts'
import { expand, reshape, transpose } from '../../../ops/shape.ts'
import { depthToSpace, spaceToDepth } from '../../../ops/space.ts'
import { show } from '../../../shape.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { demandPicture } from '../window.ts'

/** Every pixel `by[0]` times below and `by[1]` times beside each other. */
function repeat(x: Tensor, by: readonly number[]): Tensor {
  const [n, c, h, w] = x.shape
  const spread = expand(reshape(x, [n, c, h, 1, w, 1]), [n, c, h, by[0], w, by[1]])
  return reshape(spread, [n, c, h * by[0], w * by[1]])
}

/** Whole factors for the height and the width, from scales or from the wanted sizes. */
function factors(call: Call, x: Tensor, scales: readonly number[] | undefined): readonly number[] {
  const wanted = scales ?? call.whole(3).map((d, i) => (i < 2 ? 1 : d / x.shape[i]))
  const [n, c, ...by] = wanted
  if (wanted.length !== 4 || n !== 1 || c !== 1 || !by.every(f => Number.isInteger(f) && f >= 1 && f <= 1024))
    throw new ShapeError(`advx enlarges height and width by whole numbers, not [${show(x.shape)}] by [${wanted}].`)
  call.setting.budget.activation([...x.shape.slice(0, 2), x.shape[2] * by[0], x.shape[3] * by[1]])
  return by
}

const resized: Operator = call => {
  const x = call.tensor(0)
  demandPicture(x.shape, 'resizing')
  if (call.text('mode', 'nearest') !== 'nearest') throw new ShapeError("Only the mode 'nearest' is known.")
  if (call.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch' || call.node.attributes.has('axes'))
    throw new ShapeError("Only scales or sizes of all axes are known, without 'axes' and 'keep_aspect_ratio_policy'.")
  const old = call.opset < 11
  const at = old ? 1 : 2
  const given = call.node.attributes.get('scales')
  const scales = given?.kind === 'floats' ? given.value : given || call.has(at) ? call.numbers(at).data : undefined
  const by = factors(call, x, scales && scales.length > 0 ? Array.from(scales) : undefined)
  demandRepeats(call, by, old)
  return repeat(x, by)
}

/** Throws where the nearest pixel of an enlarged picture is not the one that was repeated. */
function demandRepeats(call: Call, by: readonly number[], old: boolean): void {
  const place = old ? 'asymmetric' : call.text('coordinate_transformation_mode', 'half_pixel')
  const rounding = old ? 'floor' : call.text('nearest_mode', 'round_prefer_floor')
  const repeats = by.every(f =>
    Array.from({ length: f }, (_, i) => {
      const from = place === 'asymmetric' ? i / f : (i + 0.5) / f - 0.5
      return rounding === 'floor' ? Math.floor(from) : Math.ceil(from - 0.5)
    }).every(i => i === 0),
  )
  const known = ['asymmetric', 'half_pixel', 'pytorch_half_pixel'].includes(place)
  if (!known || !repeats || !['floor', 'round_prefer_floor'].includes(rounding))
    throw new ShapeError(`Enlarging by '${place}' and '${rounding}' is not known.`)
}

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

export const RESIZES: Operators = {
  Resize: resized,
  Upsample: resized,
  DepthToSpace: depthToPixels,
  SpaceToDepth: call => spaceToDepth(call.tensor(0), blockOf(call, call.tensor(0))),
}
