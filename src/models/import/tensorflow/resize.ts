import type { OnnxAttribute } from '../../../formats/onnx/schema.ts'
import type { Tensor } from '../../../tensor.ts'
import type { Call, Operator, Operators } from '../call.ts'
import { asBefore, channelsFirst, type Layout } from '../channels-last.ts'
import { RESIZES } from '../operators/resize.ts'
import { lengths } from '../value.ts'

/** How pictures are resized. Without either way of counting, the i-th new pixel lies at i · old length / new length. */
export interface Resizing {
  readonly kind: 'nearest' | 'bilinear'
  /** The first and last pixels lie on each other. */
  readonly alignCorners: boolean
  /** The edges of the pictures do. */
  readonly halfPixelCenters: boolean
}

/** The pictures of a call in another height and width: ONNX's Resize, channels first. */
export function resized(
  call: Call,
  layout: Layout,
  [height, width]: readonly number[],
  { kind, alignCorners, halfPixelCenters }: Resizing,
): Tensor {
  const x = channelsFirst(call.tensor(0), layout)
  const text = (value: string): OnnxAttribute => ({ kind: 'string', value })
  const centres = kind === 'bilinear' ? 'half_pixel' : 'tf_half_pixel_for_nn'
  const sizes = lengths([...x.shape.slice(0, 2), height, width])
  const y = RESIZES.Resize(
    call.as({
      inputs: [x, undefined, undefined, sizes],
      attributes: {
        mode: text(kind === 'bilinear' ? 'linear' : 'nearest'),
        coordinate_transformation_mode: text(
          alignCorners ? 'align_corners' : halfPixelCenters ? centres : 'asymmetric',
        ),
        nearest_mode: text(alignCorners ? 'round_prefer_ceil' : 'floor'),
      },
    }),
  )
  return asBefore(y as Tensor, layout)
}

const resize =
  (kind: Resizing['kind']): Operator =>
  call =>
    resized(call, 'last', call.whole(1), {
      kind,
      alignCorners: call.int('align_corners', 0) !== 0,
      halfPixelCenters: call.int('half_pixel_centers', 0) !== 0,
    })

export const TF_RESIZES: Operators = {
  ResizeBilinear: resize('bilinear'),
  ResizeNearestNeighbor: resize('nearest'),
}
