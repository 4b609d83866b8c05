import { expected, type Fault } from '../errors.ts'
import type { Geometry, Resample, Size } from './geometry.ts'
import type { Recipe } from './preprocessing.ts'
import { isObject, Settings } from './settings.ts'

/** What a preprocessing says before the model's input is known. */
export interface Draft extends Omit<Recipe, 'geometry'> {
  readonly geometry: Pick<Geometry, 'resize' | 'crop' | 'resample'>
  readonly notes: readonly string[]
}

/** PIL.Image.Resampling: the place in the list is the number in the file. */
const FILTERS: readonly string[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming']
const KNOWN_FILTERS: readonly string[] = ['nearest', 'lanczos', 'bilinear', 'bicubic']

/** Keys that say something we do, and keys that change nothing here. */
const READ =
  'do_resize size crop_pct do_center_crop crop_size do_rescale rescale_factor rescale_offset do_normalize image_mean image_std resample do_flip_channel_order'
const IDLE =
  'do_convert_rgb image_processor_type feature_extractor_type processor_class model_input_names return_tensors data_format input_data_format device disable_grouping default_to_square num_channels auto_map transformers_version use_fast _valid_processor_keys _processor_class _commit_hash'
const KEYS = new Set(`${READ} ${IDLE}`.split(' '))

/**
 * A preprocessing in the format of Hugging Face's preprocessor_config.json, or a timm `pretrained_cfg`.
 * https://huggingface.co/docs/transformers/main_classes/image_processor
 */
export function parseConfig(values: Readonly<Record<string, unknown>>, subject: string, fault: Fault): Draft {
  const config = new Settings(values, subject, fault)
  if (isObject(values.pretrained_cfg)) return timm(config.inner('pretrained_cfg'))
  if (Array.isArray(values.input_size)) return timm(config)
  const unknown = config.keys.filter(key => !KEYS.has(key) && config.get(key) !== false)
  return {
    name: 'preprocessor_config',
    order: config.flag('do_flip_channel_order', false) ? 'bgr' : 'rgb',
    ...values01(config),
    geometry: { ...steps(config), resample: filter(config, 'resample') },
    notes: unknown.map(key => `'${key}' of ${subject} is not known and was left out.`),
  }
}

/** Rescaling counts from 0..255, and normalising from what rescaling gives. */
function values01(config: Settings): Pick<Recipe, 'scale' | 'mean' | 'std'> {
  const factor = config.flag('do_rescale', true) ? 255 * config.number('rescale_factor', 1 / 255) : 255
  const offset = config.flag('do_rescale', true) && config.flag('rescale_offset', false) ? 1 : 0
  const normalises = config.flag('do_normalize', config.get('image_mean') !== undefined)
  const mean = normalises ? config.numbers('image_mean') : null
  const std = normalises ? config.numbers('image_std') : null
  if (normalises && !(mean && std)) throw config.wrong('numbers', mean ? 'image_std' : 'image_mean')
  if (std?.some(s => s <= 0)) throw config.wrong('numbers above 0', 'image_std')
  // 255 · (1 / 255) in a file's decimals is not quite 1.
  const scale = Math.abs(factor - Math.round(factor)) < 1e-6 ? Math.round(factor) : factor
  return { scale, mean: offset ? (mean ?? [0]).map(m => m + offset) : mean, std }
}

function steps(config: Settings): Pick<Geometry, 'resize' | 'crop'> {
  const crops = config.flag('do_center_crop', config.get('crop_size') !== undefined)
  const crop = crops ? square(config, config.get('crop_size') === undefined ? 'size' : 'crop_size') : null
  if (!config.flag('do_resize', config.get('size') !== undefined)) return { resize: null, crop }
  const size = config.get('size')
  const edge = isObject(size) ? size.shortest_edge : size
  const convNext = config.get('crop_pct') !== undefined || /ConvNext/i.test(String(config.get('image_processor_type')))
  if (convNext && !crops && typeof edge === 'number') return enlargedThenCropped(config, edge)
  if (isObject(size) && size.shortest_edge !== undefined)
    return { resize: { kind: 'shortest', edge: config.inner('size').pixels('shortest_edge') }, crop }
  if (typeof size === 'number' && crops) return { resize: { kind: 'shortest', edge: config.pixels('size') }, crop }
  return { resize: { kind: 'exact', ...square(config, 'size') }, crop }
}

/** ConvNeXt's: below 384 the shorter edge to size / crop_pct, then the centre; from there on squeezed to the size. */
function enlargedThenCropped(config: Settings, edge: number): Pick<Geometry, 'resize' | 'crop'> {
  const size = { height: edge, width: edge }
  if (edge >= 384) return { resize: { kind: 'exact', ...size }, crop: null }
  return { resize: { kind: 'shortest', edge: Math.floor(edge / share(config, 224 / 256)) }, crop: size }
}

/** The part of the resized picture that stays, above 0 and at most 1. */
function share(config: Settings, absent: number): number {
  const value = config.number('crop_pct', absent)
  if (value > 0.1 && value <= 1) return value
  throw config.wrong('a share of 0.1 to 1', 'crop_pct')
}

/** {height, width}, or one number for both. */
function square(config: Settings, key: string): Size {
  const value = config.get(key)
  if (typeof value === 'number') return { height: config.pixels(key), width: config.pixels(key) }
  if (!isObject(value) || value.height === undefined || value.width === undefined)
    throw config.wrong('a number or {"height", "width"}', key)
  const inner = config.inner(key)
  return { height: inner.pixels('height'), width: inner.pixels('width') }
}

function filter(config: Settings, key: string): Resample {
  const value = config.get(key) ?? 'bilinear'
  const name = typeof value === 'number' ? FILTERS[value] : value
  if (typeof name === 'string' && KNOWN_FILTERS.includes(name)) return name as Resample
  throw config.wrong(`one of ${KNOWN_FILTERS.join(', ')} (0, 1, 2, 3)`, key)
}

/** timm's own record of how a network was trained: https://huggingface.co/docs/timm/reference/data */
function timm(config: Settings): Draft {
  const size = config.numbers('input_size')
  if (size?.length !== 3 || !size.every(v => Number.isInteger(v) && v >= 1 && v <= 65536))
    throw config.wrong('[channels, height, width]', 'input_size')
  const crop = { height: size[1], width: size[2] }
  const part = share(config, 0.875)
  const [mean, std] = [config.numbers('mean'), config.numbers('std')]
  if (std?.some(s => s <= 0)) throw config.wrong('numbers above 0', 'std')
  const mode = config.get('crop_mode') ?? 'center'
  const squashed = mode === 'squash'
  if (mode !== 'center' && !squashed)
    throw expected(config.fault, "'center' or 'squash'", `'crop_mode' of ${config.subject}`, String(mode))
  const enlarged = { height: Math.floor(crop.height / part), width: Math.floor(crop.width / part) }
  const shortest = { kind: 'shortest', edge: Math.min(enlarged.height, enlarged.width) } as const
  const resize = squashed ? ({ kind: 'exact', ...enlarged } as const) : shortest
  const geometry = { resize, crop, resample: filter(config, 'interpolation') }
  return { name: 'timm', order: 'rgb', scale: 1, mean, std, geometry, notes: [] }
}
