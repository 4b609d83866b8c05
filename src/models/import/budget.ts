import { AdvxError } from '../../errors.ts'
import { type Shape, show, size } from '../../shape.ts'

/** Elements of one tensor, for one picture. 200 times what the largest layer of an Inception has. */
const LARGEST = 2 ** 27
/** Multiplications with constants alone. */
const MOST_WORK = 2 ** 30
/** Numbers of shapes, axes and indices, all operators together. */
const MOST_NUMBERS = 2 ** 22
/** Nodes, those of a function once for each call: a few functions that call each other twice make any number. */
const MOST_NODES = 2 ** 16

/**
 * What an import may compute before any picture comes. A file of a few bytes can ask for tensors of any size; what is
 * computed from constants alone has to be in proportion to the weights in the file.
 */
export class Budget {
  #elements: number
  #numbers: number
  #work = MOST_WORK
  #nodes = MOST_NODES

  constructor(weights: number) {
    this.#elements = 2 ** 24 + 8 * weights
    this.#numbers = MOST_NUMBERS + weights
  }

  /** A node is about to be read. */
  node(): void {
    if (--this.#nodes < 0)
      throw new AdvxError('model', `The model has more than ${MOST_NODES} nodes, those of its functions counted.`)
  }

  /** A tensor of that shape is about to be computed from constants. */
  constant(shape: Shape): void {
    this.#elements -= this.activation(shape)
    if (this.#elements < 0)
      throw new AdvxError('model', 'The model computes more constants than its weights can explain.')
  }

  /** So many numbers are about to be worked on one by one. */
  numbers(count: number): void {
    this.#numbers -= count
    if (this.#numbers < 0) throw new AdvxError('model', 'The model computes too many numbers for its shapes.')
  }

  /** So many multiplications are about to be done with constants. */
  work(count: number): void {
    this.#work -= count
    if (this.#work < 0) throw new AdvxError('model', 'The model computes too much from constants alone.')
  }

  /** A tensor of that shape will be computed for a picture. Gives its number of elements. */
  activation(shape: Shape): number {
    const elements = Math.abs(size(shape))
    if (elements > LARGEST)
      throw new AdvxError('model', `A tensor of [${show(shape)}] is larger than any that advx computes.`)
    return elements
  }
}
