import type { Tensor } from '../../../tensor.ts'
import type { Blocks } from './blocks.ts'
import type { Layout } from './layout.ts'

/** What stands for a node of the graph: a blocked tensor, a plain one, or null where it is best done as it is. */
export type Rule = (node: Tensor, layout: Layout) => Blocks | Tensor | null
