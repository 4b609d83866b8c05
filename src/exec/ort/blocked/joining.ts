import { type Channels, inOrder } from './channels.ts'
import type { Joining } from './weights.ts'

/** How a convolution of the network is done on blocks, and in which order its outputs lie. */
export interface Joined {
  readonly joining: Joining
  readonly to: Channels
}

/** Work with zeros, as a multiple of what is needed, that a blocked convolution is still worth. */
const WASTE = 16

/**
 * Of `groups` groups with `outputs` outputs and `inputs` inputs each, from channels that lie in the order `from`. Small
 * groups are taken together until they fill blocks, with zeros between them. Null: it is better done plainly.
 */
export function join(
  groups: number,
  outputs: number,
  inputs: number,
  from: Channels,
  size: number,
  to = inOrder(groups * outputs, size),
): Joined | null {
  if (groups === 1) return { joining: { kind: 'dense', groups: 1 }, to }
  if (inputs === 1 && outputs === 1) return { joining: { kind: 'depthwise' }, to: from }
  if (from.length === groups * inputs && from.every((c, p) => c === p) && to.every((c, p) => c === p))
    for (let together = 1; together <= Math.min(groups, WASTE); together++)
      if (groups % together === 0 && (together * inputs) % size === 0 && (together * outputs) % size === 0)
        return { joining: { kind: 'dense', groups: groups / together }, to }
  return groups <= WASTE / 2 ? { joining: { kind: 'dense', groups: 1 }, to } : null
}
