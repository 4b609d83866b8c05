import { AdvxError } from '../../errors.ts'
import { quote } from '../../formats/onnx/quote.ts'
import type { OnnxModel, OnnxValue } from '../../formats/onnx/schema.ts'

/** The output called logits, else the first of floats that has the shape of scores, as far as the file tells. */
export function chooseOutput({ graph: { outputs } }: OnnxModel, wanted: string | undefined): string {
  const names = outputs.map(({ name }) => quote(name)).join(', ')
  if (wanted !== undefined) {
    if (outputs.some(({ name }) => name === wanted)) return wanted
    throw new AdvxError('usage', `The model has no output ${quote(wanted)}. Its outputs are: ${names}.`)
  }
  const scores = ({ type, dims }: OnnxValue): boolean =>
    (type === null || /float/.test(type)) &&
    (dims === null || (dims.length >= 2 && dims.slice(2).every(d => typeof d !== 'number' || d === 1)))
  const fitting = outputs.filter(scores)
  const best = fitting.find(({ name }) => /logits/i.test(name)) ?? fitting[0] ?? outputs[0]
  if (!best) throw new AdvxError('model', 'The model has no output.')
  return best.name
}
