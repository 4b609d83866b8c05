import { type Case, f, one } from './case.ts'
import { floats, ints, node } from './small-model.ts'

/** Height and width by factors, as attributes say; x is [N, 3, 6, 6]. */
const scaled = (attributes: Parameters<typeof node>[2], by: readonly number[], opset = 13): Case =>
  one('Resize', attributes, { opset, extra: ['', 's'], weights: { s: floats([4], [1, 1, ...by]) } }, ` by ${by}`)

/** Height and width to lengths. */
const sized = (attributes: Parameters<typeof node>[2], to: readonly number[], opset = 19): Case =>
  one('Resize', attributes, { opset, extra: ['', '', 't'], weights: { t: ints(to) } }, ` to ${to}`)

const PLACES = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']
const ROUNDINGS = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']

export const RESIZING: readonly Case[] = [
  [
    'DepthToSpace in both orders',
    {
      nodes: [
        node('Conv', 'x, w -> a'),
        node('DepthToSpace', 'a -> b', { blocksize: 2, mode: 'CRD' }),
        node('DepthToSpace', 'a -> c', { blocksize: 2 }),
        node('Sub', 'b, c -> z'),
        node('Flatten', 'z -> y'),
      ],
      weights: { w: floats([8, 3, 1, 1]) },
    },
  ],
  one('Upsample', { scales: f([1, 1, 2, 3]) }, { opset: 7 }),
  one('Upsample', {}, { opset: 9, extra: ['s'], weights: { s: floats([4], [1, 1, 2, 1]) } }),
  one('Resize', {}, { opset: 10, extra: ['s'], weights: { s: floats([4], [1, 1, 2, 3]) } }),
  one('Resize', {}, { opset: 13, extra: ['', 's'], weights: { s: floats([4], [1, 1, 2, 4]) } }),
  one(
    'Resize',
    { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    {
      opset: 13,
      extra: ['', '', 's'],
      weights: { s: ints([1, 3, 18, 12]) },
    },
  ),

  ...PLACES.flatMap(coordinate_transformation_mode =>
    ROUNDINGS.map(nearest_mode => scaled({ coordinate_transformation_mode, nearest_mode }, [1.5, 2])),
  ),
  ...['linear', 'cubic'].flatMap(mode =>
    [...PLACES, 'half_pixel_symmetric'].flatMap(coordinate_transformation_mode => [
      scaled({ mode, coordinate_transformation_mode }, [2, 1.3], 19),
      sized({ mode, coordinate_transformation_mode }, [1, 3, 4, 1]),
    ]),
  ),
  one(
    'Resize',
    { coordinate_transformation_mode: 'tf_half_pixel_for_nn' },
    { opset: 11, extra: ['r', 's'], weights: { r: floats([8]), s: floats([4], [1, 1, 2, 0.5]) } },
  ),
  scaled({}, [0.5, 0.6]),
  scaled({ mode: 'cubic', cubic_coeff_a: f(-0.5), exclude_outside: 1 }, [2.7, 0.7]),
  ...['linear', 'cubic'].flatMap(mode =>
    [0, 1].map(exclude_outside => scaled({ mode, antialias: 1, exclude_outside }, [0.34, 2], 18)),
  ),
  sized({ axes: [3, 1] }, [4, 2], 18),
  ...['not_larger', 'not_smaller'].map(keep_aspect_ratio_policy =>
    sized({ mode: 'linear', keep_aspect_ratio_policy, axes: [2, 3] }, [9, 4]),
  ),
  one('Upsample', { mode: 'linear' }, { opset: 9, extra: ['s'], weights: { s: floats([4], [1, 1, 2, 1.5]) } }),
  one('Resize', { mode: 'linear' }, { opset: 10, extra: ['s'], weights: { s: floats([4], [1, 1, 0.5, 3]) } }),
  one('Resize', {}, { opset: 10, extra: ['s'], weights: { s: floats([4], [1, 1, 0.4, 0.7]) } }),
  [
    'Resize to a length that is computed, with the batch among them',
    {
      nodes: [
        node('Shape', 'x -> s'),
        node('Slice', 's, zero, two -> front'),
        node('Concat', 'front, size -> t', { axis: 0 }),
        node('Resize', 'x, , , t -> z', { mode: 'linear' }),
        node('Flatten', 'z -> y'),
      ],
      weights: { zero: ints([0]), two: ints([2]), size: ints([9, 5]) },
    },
  ],
]
