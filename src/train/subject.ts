import { loadPlain } from '../engine/convert.ts'
import { expected } from '../errors.ts'
import { networkOf } from '../models/architectures/architecture.ts'
import { architectureNamed } from '../models/architectures/registry.ts'
import { readClassNames } from '../models/class-names.ts'
import { findPreprocessing } from '../models/find-preprocessing.ts'
import { type Preprocessing, preprocessing, type Recipe } from '../models/preprocessing.ts'
import type { Network } from '../network.ts'
import { readData } from './data.ts'
import type { TrainOptions } from './options.ts'
import { figuresOf, type Pictures } from './pictures.ts'
import { split } from './split.ts'
import { trainable } from './trainable.ts'

/** What is trained, on what. */
export interface Subject {
  readonly network: Network
  readonly preprocessing: Preprocessing
  readonly pictures: Pictures
  readonly validation: Pictures | null
  readonly notes: readonly string[]
  /** What stands for it in a plan. */
  readonly record: Readonly<Record<string, unknown>>
}

/** Reads data and the model to go on from, or makes a new one. */
export async function subjectOf(options: TrainOptions): Promise<Subject> {
  const { data, model, arch, seed = 0, size = null } = options
  if (model !== undefined && arch !== undefined)
    throw expected('usage', 'one of --arch and --model', 'advx train', 'both of them')
  const architecture = architectureNamed(arch ?? 'resnet')
  const loaded = model === undefined ? null : await loadPlain(model, options)
  const classes =
    options.classes === undefined ? (loaded?.found.classes ?? null) : await readClassNames(options.classes, 'usage')
  const wanted = { classes, size: loaded?.found.input ?? size, channels: loaded?.found.input.channels ?? null }
  const { train: all, test } = await readData(data, wanted)
  const { pictures, validation } = await split(all, test, options.validation, seed, wanted)
  const recipe = loaded ? loaded.found.preprocessing : await preprocessingFor(pictures, options.preprocess)
  const { network, notes } = loaded
    ? trainable(loaded.plain.graph.input, loaded.plain.graph.logits)
    : {
        network: networkOf(architecture, pictures.size, pictures.classes.length, seed),
        notes: [],
      }
  return {
    network,
    pictures,
    validation,
    preprocessing: recipe,
    notes,
    record: loaded ? { model: loaded.found.sha256 } : { arch: arch ?? 'resnet' },
  }
}

/** The option's, else (x − mean) / std with the figures of the pictures. */
async function preprocessingFor(pictures: Pictures, option: string | undefined): Promise<Preprocessing> {
  if (option !== undefined) return (await findPreprocessing({ option })).for(pictures.size)
  const { channels: _, ...size } = pictures.size
  const geometry = { ...size, resize: { kind: 'exact', ...size }, crop: null, resample: 'bilinear' } as const
  const recipe: Recipe = { name: 'data', order: 'rgb', scale: 1, ...figuresOf(pictures), geometry }
  return preprocessing(recipe, 'option', pictures.size, 'usage')
}
