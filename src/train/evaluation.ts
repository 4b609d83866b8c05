import type { Fn } from '../exec/executor.ts'
import type { Machine } from '../exec/machine.ts'
import { substitute } from '../graph.ts'
import { margin, softmaxCrossEntropy } from '../nn.ts'
import { positive } from '../ops/elementwise.ts'
import { recorder } from '../random.ts'
import { input, type Tensor } from '../tensor.ts'
import { type Applied, modelOf } from './model.ts'
import { areaOf, type Pictures } from './pictures.ts'

/** Loss and right classification of each picture of a batch, [B, 1]; by the mean of the weights where `averaged`. */
export function evaluationOf(applied: Applied, averaged: boolean): Fn {
  const { network } = applied
  const [x, y] = [input(network.input.shape, 'x'), input(network.logits.shape, 'y')]
  const logits = modelOf(applied, recorder().random).model.evaluate(x)
  const held = [...network.weights, ...network.running].map(({ name, tensor }) => {
    const key = averaged ? `${name}/average` : name
    return [key, tensor, averaged ? input(tensor.shape, key) : tensor] as const
  })
  const outputs = { losses: softmaxCrossEntropy(logits, y), right: positive(margin(logits, y).mul(-1)) }
  const by = new Map<Tensor, Tensor>(held.map(([, tensor, given]) => [tensor, given]))
  const [losses, right] = averaged ? substitute(Object.values(outputs), by) : Object.values(outputs)
  const state = Object.fromEntries(held.map(([key, , given]) => [key, given]))
  return { inputs: { x, y, ...state }, outputs: { losses, right } }
}

/** Mean loss and accuracy over pictures, by the machine's program 'evaluate' on batches of `batch`. */
export async function measure(
  machine: Machine,
  { size, classes, levels, labels }: Pictures,
  batch: number,
): Promise<{ loss: number; accuracy: number }> {
  const area = areaOf(size)
  let [loss, right] = [0, 0]
  for (let first = 0; first < labels.length; first += batch) {
    const count = Math.min(batch, labels.length - first)
    const [x, y] = [new Float32Array(batch * area), new Float32Array(batch * classes.length)]
    for (let i = 0; i < count * area; i++) x[i] = levels[first * area + i] / 255
    for (let i = 0; i < count; i++) y[i * classes.length + labels[first + i]] = 1
    const values = await machine.run('evaluate', { x, y }, batch)
    for (let i = 0; i < count; i++) {
      loss += values.losses[i]
      right += values.right[i]
    }
  }
  return { loss: loss / labels.length, accuracy: right / labels.length }
}
