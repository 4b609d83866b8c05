import type { Recipe } from './preprocessing.ts'
import { isPreset } from './preprocessing-presets.ts'

/**
 * A preprocessing as a model's metadata `advx.preprocessing` says it: by its name where it is a preset, else as a
 * preprocessor_config.json. `findPreprocessing` reads it back.
 */
export function preprocessingText({ name, order, scale, mean, std, geometry }: Recipe): string {
  if (isPreset(name)) return name
  const { resize, crop, resample } = geometry
  return JSON.stringify({
    do_rescale: true,
    rescale_factor: scale / 255,
    do_flip_channel_order: order === 'bgr',
    do_normalize: mean !== null || std !== null,
    image_mean: mean ?? [0],
    image_std: std ?? [1],
    do_resize: resize !== null,
    size:
      resize?.kind === 'shortest' ? { shortest_edge: resize.edge } : { height: resize?.height, width: resize?.width },
    do_center_crop: crop !== null,
    crop_size: crop ?? undefined,
    resample,
  })
}
