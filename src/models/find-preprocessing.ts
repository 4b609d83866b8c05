import { access } from 'node:fs/promises'
import { expected, type Fault, suggest } from '../errors.ts'
import { finalSize, type Size } from './geometry.ts'
import {
  type InputSize,
  type Preprocessing,
  type PreprocessingSource,
  preprocessing,
  type Recipe,
} from './preprocessing.ts'
import { isPreset, PRESET_NAMES, preset } from './preprocessing-presets.ts'
import { type Draft, parseConfig } from './preprocessor-config.ts'
import { parseObject, readText } from './settings.ts'

/** A preprocessing that waits for the model's input. */
export interface Found {
  readonly from: PreprocessingSource
  /** The size that it says pictures have in the end, for models that leave theirs open. */
  readonly size: Size | null
  /** How many channels it has figures for, where it says so. */
  readonly channels: number | null
  readonly notes: readonly string[]
  for(input: InputSize): Preprocessing
}

export interface Places {
  /** `--preprocess`: a name, a file, or the record of an earlier run. */
  readonly option?: string | Recipe | undefined
  /** preprocessor_config.json beside the model, where there is one. */
  readonly beside?: string | undefined
  /** The ONNX metadata key advx.preprocessing. */
  readonly metadata?: string | undefined
}

/** The first that there is: the option, the file beside the model, the model's metadata, else 0..1 with a note. */
export async function findPreprocessing({ option, beside, metadata }: Places): Promise<Found> {
  if (typeof option === 'object') return recorded(option)
  if (option !== undefined) return fromOption(option)
  if (beside !== undefined) return config(await readText(beside, 'model'), beside, 'preprocessor_config.json', 'model')
  if (metadata !== undefined) {
    if (isPreset(metadata.trim())) return named(metadata.trim(), 'metadata', 'model')
    return config(metadata, "the model's metadata advx.preprocessing", 'metadata', 'model')
  }
  const note =
    "The model does not say how its pictures are preprocessed: values from 0 to 1 are taken ('unit'). Give --preprocess if its accuracy is poor."
  return { ...named('unit', 'default', 'model'), notes: [note] }
}

async function fromOption(option: string): Promise<Found> {
  if (isPreset(option)) return named(option, 'option', 'usage')
  const exists = await access(option).then(
    () => true,
    () => false,
  )
  if (exists) return config(await readText(option, 'usage'), option, 'option', 'usage')
  throw expected(
    'usage',
    `${PRESET_NAMES.join(', ')} or a JSON file`,
    '--preprocess',
    option,
    suggest(option, PRESET_NAMES),
  )
}

const named = (name: string, from: PreprocessingSource, fault: Fault): Found => ({
  from,
  size: null,
  channels: null,
  notes: [],
  for: input => preprocessing(preset(name, input), from, input, fault),
})

function config(text: string, subject: string, from: PreprocessingSource, fault: Fault): Found {
  const draft = parseConfig(parseObject(text, subject, fault), subject, fault)
  return { ...recipe(draft, from, fault), notes: draft.notes }
}

function recipe({ notes: _, ...draft }: Draft, from: PreprocessingSource, fault: Fault): Found {
  return {
    from,
    size: finalSize(draft.geometry),
    channels: (draft.mean?.length ?? 1) > 1 ? draft.mean!.length : null,
    notes: [],
    for({ channels, height, width }) {
      const geometry = { ...draft.geometry, height, width }
      return preprocessing({ ...draft, geometry }, from, { channels, height, width }, fault)
    },
  }
}

/** What a plan recorded, taken back. */
function recorded(record: Recipe): Found {
  const figures = (v: unknown): boolean => v === null || (Array.isArray(v) && v.every(Number.isFinite))
  const { order, scale, mean, std, geometry } = record
  if (
    !['rgb', 'bgr'].includes(order) ||
    !Number.isFinite(scale) ||
    !figures(mean) ||
    !figures(std) ||
    !geometry?.height
  )
    throw expected('usage', 'what an earlier run recorded', 'the preprocessing', JSON.stringify(record))
  return recipe({ ...record, notes: [] }, 'option', 'usage')
}
