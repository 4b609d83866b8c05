import type { Weight } from '../../network.ts'
import { batchNorm as normalised } from '../../ops/batch-norm.ts'
import { conv as convolve } from '../../ops/conv.ts'
import { reshape, transpose } from '../../ops/shape.ts'
import { fill, fingerprint, generator } from '../../random.ts'
import { size } from '../../shape.ts'
import { input, type Tensor } from '../../tensor.ts'

/** Numbers that a new weight [O, I / group, kh, kw] or [O, I] begins with, one after the other. */
export type Initialisation = (shape: readonly number[], random: Numbers) => Float32Array

/** Random numbers, as many as are asked for. */
export type Numbers = (distribution: 'uniform' | 'normal', count: number) => Float32Array

/** N(0, 2 / fan out): He et al. 2015, https://arxiv.org/abs/1502.01852, (14). */
export const heNormal: Initialisation = (shape, random) => {
  const fanOut = shape[0] * size(shape.slice(2))
  return random('normal', size(shape)).map(v => v * Math.sqrt(2 / fanOut))
}

/** N(0, σ²). */
export const normal =
  (deviation: number): Initialisation =>
  (shape, random) =>
    random('normal', size(shape)).map(v => v * deviation)

/** U(−1/√fan in, 1/√fan in): what PyTorch's layers begin with (LeCun et al. 1998, Efficient BackProp, §4.6, in its spirit). */
export const byFanIn: Initialisation = (shape, random) => {
  const bound = 1 / Math.sqrt(size(shape.slice(1)))
  return random('uniform', size(shape)).map(v => (2 * v - 1) * bound)
}

/** What the kernels of convolutions and linear layers begin with. */
export interface Initial {
  readonly conv: Initialisation
  readonly linear: Initialisation
}

/**
 * What PyTorch's layers begin with when nobody says otherwise. Before a BatchNorm a kernel's length changes nothing but how
 * fast it turns: shorter ones learn faster, which a training of few epochs needs.
 */
export const asPyTorch: Initial = { conv: byFanIn, linear: byFanIn }

interface Conv {
  readonly channels: number
  readonly kernel: number | readonly [number, number]
  readonly stride?: number
  /** Rows and columns of zeros on each side; as many as keep the size at stride 1 when absent. */
  readonly pads?: number | readonly [number, number]
  readonly group?: number
  readonly bias?: boolean
}

/** Builds a network layer by layer; each layer's weights get its name and begin as the seed and that name say. */
export class Layers {
  readonly weights: Weight[] = []
  readonly running: Weight[] = []
  readonly #seed: number
  readonly #initial: Initial
  readonly #epsilon: number

  constructor(seed: number, initial: Initial, epsilon = 1e-5) {
    this.#seed = seed
    this.#initial = initial
    this.#epsilon = epsilon
  }

  /** A convolution of [N, C, H, W]. */
  conv(name: string, x: Tensor, { channels, kernel, stride = 1, pads, group = 1, bias = false }: Conv): Tensor {
    const [kh, kw] = typeof kernel === 'number' ? [kernel, kernel] : kernel
    const [top, left] = typeof pads === 'number' ? [pads, pads] : (pads ?? [kh >> 1, kw >> 1])
    const shape = [channels, x.shape[1] / group, kh, kw]
    const w = this.#weight(`${name}.weight`, shape, this.#initial.conv)
    const b = bias ? this.#weight(`${name}.bias`, [channels], shape => new Float32Array(size(shape))) : undefined
    return convolve(x, w, { strides: [stride, stride], pads: [top, left, top, left], group }, b)
  }

  /** Batch normalisation of [N, C, H, W], its factors `gamma` at first. */
  batchNorm(name: string, x: Tensor, gamma = 1): Tensor {
    const figures = (of: Weight[], kind: string, value: number): Tensor =>
      add(of, `${name}.${kind}`, [x.shape[1]], () => new Float32Array(x.shape[1]).fill(value))
    return normalised(
      x,
      {
        gamma: figures(this.weights, 'gamma', gamma),
        beta: figures(this.weights, 'beta', 0),
        mean: figures(this.running, 'mean', 0),
        variance: figures(this.running, 'variance', 1),
      },
      { epsilon: this.#epsilon },
    )
  }

  /** x · wᵀ + b of rows [N, D]; b is 0 at first. */
  linear(name: string, x: Tensor, outputs: number): Tensor {
    const w = this.#weight(`${name}.weight`, [outputs, x.shape[1]], this.#initial.linear)
    const b = this.#weight(`${name}.bias`, [outputs], shape => new Float32Array(size(shape)))
    return x.matmul(transpose(w, [1, 0])).add(b)
  }

  #weight(name: string, shape: readonly number[], initial: Initialisation): Tensor {
    return add(this.weights, name, shape, () => {
      const next = generator(fingerprint(new TextEncoder().encode(name), this.#seed))
      return initial(shape, (distribution, count) => {
        const out = new Float32Array(count)
        fill(out, distribution, next)
        return out
      })
    })
  }
}

/** A weight whose first numbers are made when they are asked for: some have many. */
function add(to: Weight[], name: string, shape: readonly number[], initial: () => Float32Array): Tensor {
  const tensor = input(shape, name)
  let made: Float32Array | null = null
  to.push({
    name,
    tensor,
    get start() {
      made ??= initial()
      return made
    },
  })
  return tensor
}

/** The mean of each channel: [N, C, H, W] to [N, C]. */
export const pooled = (x: Tensor): Tensor => reshape(x.mean([2, 3]), x.shape.slice(0, 2))
