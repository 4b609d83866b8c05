import { AdvxError, closest } from '../errors.ts'
import { quote } from '../formats/onnx/quote.ts'
import type { OnnxModel } from '../formats/onnx/schema.ts'
import { substitute } from '../graph.ts'
import type { Tensor } from '../tensor.ts'
import { type ImportOptions, importLayer } from './import/import-onnx.ts'
import { operatorName } from './import/operators.ts'

/** What a layer of a model gives for pictures in [0, 1]: one row of numbers each, [N, D]. */
export type Layer = (x: Tensor) => Tensor

/** The values inside a model by their names in its file, each with the operator that makes it, in the order of its nodes. */
export const valuesIn = ({ graph }: OnnxModel): { readonly name: string; readonly operator: string }[] =>
  graph.nodes.flatMap(node =>
    node.outputs.filter(name => name !== '').map(name => ({ name, operator: operatorName(node) })),
  )

/** Names that are shown for one that is wrong. */
const SHOWN = 5

/**
 * Some layers of a model by their names; `normalise` makes what the network wants of pictures.
 *
 * @throws AdvxError 'usage' where the model has no value of that name, 'model' where it says nothing about the picture.
 */
export function layersOf(
  model: OnnxModel,
  names: readonly string[],
  options: Omit<ImportOptions, 'output'>,
  normalise: (x: Tensor) => Tensor,
): ReadonlyMap<string, Layer> {
  return new Map(
    names.map(name => {
      const all = valuesIn(model).map(value => value.name)
      if (!all.includes(name)) throw noLayer(name, all)
      const { input, activation } = importLayer(model, name, options)
      return [name, x => substitute([activation], new Map([[input, normalise(x)]]))[0]]
    }),
  )
}

function noLayer(name: string, all: readonly string[]): AdvxError {
  const holding = all.filter(other => other.toLowerCase().includes(name.toLowerCase()))
  const near = [...new Set([...holding, ...closest(name, all, SHOWN)])].slice(0, SHOWN).map(quote).join(', ')
  return new AdvxError(
    'usage',
    `The model has no value ${quote(name)} for --layer. Close to it: ${near}. All of them: advx inspect --layers.`,
  )
}
