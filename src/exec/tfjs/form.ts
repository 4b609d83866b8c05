import type { TfAttribute } from '../../formats/tfjs/write.ts'
import type { Tensor } from '../../tensor.ts'
import { LAST, type Order, type Writer } from './writer.ts'

/** An operator of the core as nodes of TensorFlow: the name of its value, which lies in `order`. */
export interface Form {
  readonly order: (node: Tensor) => Order
  write(w: Writer, node: Tensor, order: Order): string
}
export type Forms = Readonly<Record<string, Form>>

export const own: Form['order'] = () => 'own'
export const last: Form['order'] = () => 'last'
/** Pictures as convolutions have them. */
export const natural: Form['order'] = ({ shape }) => (shape.length === 4 ? 'last' : 'own')

/** Where an axis of the core lies in an order. */
export const placeOf = (axis: number, order: Order): number => (order === 'last' ? LAST.indexOf(axis) : axis)
/** What is said of each axis of the core, in an order. */
export const inOrder = (values: readonly number[], order: Order): readonly number[] =>
  order === 'last' ? LAST.map(axis => values[axis]) : values

/** The type of axes, pads and the like. */
export const int32: TfAttribute = { type: 'DT_INT32' }
