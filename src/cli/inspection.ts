import { AdvxError } from '../errors.ts'
import type { OnnxValue } from '../formats/onnx/schema.ts'
import { countOperators } from '../models/import/inventory.ts'
import { OPERATORS } from '../models/import/operators.ts'
import { type Passage, Passages, reachesPicture } from '../models/import/passage.ts'
import { valuesIn } from '../models/layers.ts'
import { type Classifier, type LoadOptions, loadModel } from '../models/load.ts'
import { findModel } from '../models/model-files.ts'
import type { Recipe } from '../models/preprocessing.ts'
import { type Format, formatOf, readModel } from '../models/read-model.ts'
import { formula } from '../report/preprocessing.ts'

/** What is in a model's file, and, where it can be attacked, what advx makes of it. */
export interface Inspection {
  readonly path: string
  readonly format: Format
  readonly producer: string
  /** The versions of the operator sets; 0 where a set has none. */
  readonly opsets: readonly (readonly [set: string, version: number])[]
  /** `'x' float32 [N, 3, 224, 224]` */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly parameters: number
  /** The most frequent first; functions of the file are taken apart. */
  readonly operators: readonly {
    readonly type: string
    readonly count: number
    readonly known: boolean
    /** Null where none of its nodes stands between picture and scores, or that is not known. */
    readonly gradient: Passage | null
  }[]
  /** Values that a parameter `layer` can name, and what makes each. */
  readonly layers: ReturnType<typeof valuesIn>
  /** Operators between picture and scores that no gradient passes. */
  readonly blocking: readonly string[]
  readonly classifier: {
    readonly sha256: string
    readonly input: Classifier['input']
    readonly batch: Classifier['batch']
    /** The value of the file that the scores are. */
    readonly output: string
    readonly classes: { readonly names: readonly string[]; readonly from: Classifier['classesFrom'] }
    readonly preprocessing: {
      readonly name: string
      readonly from: Classifier['preprocessing']['from']
      readonly formula: string
      readonly recipe: Recipe
    }
    readonly notes: readonly string[]
  } | null
  /** Why it cannot be attacked. */
  readonly obstacle: string | null
}

/**
 * @throws AdvxError where there is no model, or its file cannot be read; one that can be read and not attacked comes
 *   with its obstacle.
 */
export async function inspectModel(model: string, options: LoadOptions): Promise<Inspection> {
  const { path } = await findModel(model)
  const file = await readModel(path)
  const { graph, opsets, producer } = file
  const passages = new Passages()
  const loaded = await loadModel(model, { ...options, observe: passages.observe }).catch((error: unknown) => {
    if (error instanceof AdvxError && error.fault === 'model') return error
    throw error
  })
  const failed = loaded instanceof Error
  const kinds = failed ? new Map<string, Passage>() : passages.kinds()
  const blocking = [...kinds].filter(([, kind]) => kind === 'none').map(([operator]) => operator)
  return {
    path,
    format: formatOf(path),
    producer,
    opsets: [...opsets].map(([set, version]) => [set || 'opset', version]),
    inputs: graph.inputs.map(valueText),
    outputs: graph.outputs.map(valueText),
    parameters: [...graph.initializers.values()]
      .filter(({ type, dims }) => dims.length > 0 && WEIGHTS.test(type))
      .reduce((total, { data }) => total + data.length, 0),
    operators: Array.from(countOperators(file), ([type, count]) => ({
      type,
      count,
      known: OPERATORS.has(type),
      gradient: kinds.get(type) ?? null,
    })).sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1)),
    layers: valuesIn(file),
    blocking,
    classifier: failed ? null : factsOf(loaded),
    obstacle: failed ? loaded.message : obstacleIn(loaded, blocking),
  }
}

/** What weights are made of; numbers of 64 bits are shapes and axes. */
const WEIGHTS = /float|^u?int(8|16|32)$/

const valueText = ({ name, type, dims }: OnnxValue): string =>
  `'${name}' ${type ?? 'of unknown type'} ${dims ? `[${dims.map(d => d ?? '?').join(', ')}]` : 'of any shape'}`

const obstacleIn = ({ graph }: Classifier, blocking: readonly string[]): string | null =>
  reachesPicture(graph.input, graph.logits)
    ? null
    : `No gradient reaches the picture: every way leads through ${blocking.join(', ')}.`

function factsOf({
  sha256,
  input,
  batch,
  output,
  classes,
  classesFrom,
  preprocessing,
  notes,
}: Classifier): Inspection['classifier'] {
  const { name, from, json } = preprocessing
  return {
    sha256,
    input,
    batch,
    output,
    classes: { names: classes, from: classesFrom },
    preprocessing: { name, from, formula: formula(json), recipe: json },
    notes,
  }
}
