import type { Network } from '../../network.ts'
import { N } from '../../shape.ts'
import { input, type Tensor } from '../../tensor.ts'
import type { InputSize } from '../preprocessing.ts'
import type { Layers } from './layers.ts'

/** A network's definition, from normalised pictures to logits. */
export interface Architecture {
  readonly title: string
  /** Authors, year, URL and section. */
  readonly paper: string
  readonly layers: (seed: number) => Layers
  /** `x` is [N, C, H, W]. */
  build(
    layers: Layers,
    x: Tensor,
    classes: number,
  ): { readonly logits: Tensor; readonly auxiliary?: Network['auxiliary'] }
}

/** A new network for pictures of a size. */
export function networkOf(
  { layers: make, build }: Architecture,
  { channels, height, width }: InputSize,
  classes: number,
  seed: number,
): Network {
  const layers = make(seed)
  const x = input([N, channels, height, width], 'x')
  const { logits, auxiliary = [] } = build(layers, x, classes)
  return { input: x, logits, auxiliary, weights: layers.weights, running: layers.running }
}
