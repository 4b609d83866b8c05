import { toposort } from '../../../graph.ts'
import { constant, dataOf, isConstant, type Tensor } from '../../../tensor.ts'
import { type Blocks, blocks, fromBlocks, toBlocks } from './blocks.ts'
import { type Channels, isInOrder, sameChannels } from './channels.ts'
import { drafted, reordered } from './draft.ts'
import { block } from './memory.ts'

/**
 * The graph that is laid out, and how its tensors are laid out so far. A tensor is plain, blocked, or both where
 * somebody asked for the other form: then one reorders it once.
 */
export class Layout {
  /** Channels in a block. */
  readonly size: number
  private readonly users = new Map<Tensor, Tensor[]>()
  private readonly ends: ReadonlySet<Tensor>
  private readonly plains = new Map<Tensor, Tensor>()
  private readonly blocked = new Map<Tensor, Blocks>()
  /** The order of the channels that a convolution of these weights reads. */
  readonly sources = new Map<Tensor, Channels>()
  /** The largest values in the rows of a max pooling's windows, by its output. */
  readonly rowMaxima = new Map<Tensor, Tensor>()

  constructor(outputs: readonly Tensor[], size: number) {
    this.size = size
    this.ends = new Set(outputs)
    for (const node of toposort(outputs))
      for (const t of node.inputs) this.users.set(t, [...(this.users.get(t) ?? []), node])
  }

  usersOf(t: Tensor): readonly Tensor[] {
    return this.users.get(t) ?? []
  }

  isOutput(t: Tensor): boolean {
    return this.ends.has(t)
  }

  /** Whether one node alone, and no caller, reads `t`. */
  single(t: Tensor): boolean {
    return this.usersOf(t).length === 1 && !this.isOutput(t)
  }

  setPlain(t: Tensor, made: Tensor): void {
    this.plains.set(t, made)
  }

  setBlocks(t: Tensor, made: Blocks): void {
    this.blocked.set(t, made)
  }

  /** `t` in blocks where it is computed so, else null. */
  known(t: Tensor): Blocks | null {
    return this.blocked.get(t) ?? null
  }

  /** `t`, [N, C, H, W], in blocks. */
  blocks(t: Tensor): Blocks {
    const known = this.blocked.get(t) ?? toBlocks(this.plain(t), this.size)
    this.blocked.set(t, known)
    return known
  }

  plain(t: Tensor): Tensor {
    const known = this.plains.get(t) ?? fromBlocks(this.blocked.get(t)!, this.size)
    this.plains.set(t, known)
    return known
  }

  /** `t` in blocks with its channels in the order of `channels`, or null where that takes more than choosing it. */
  inOrder(t: Tensor, channels: Channels): Blocks | null {
    if (isConstant(t)) return blockedConstant(t, channels, this.size)
    const known = this.known(t) ?? (isInOrder(channels) ? this.blocks(t) : null)
    if (!known || sameChannels(known.channels, channels)) return known
    const draft = known.draft && this.single(t) ? reordered(known.draft, channels) : null
    return draft && drafted(draft, this.size)
  }
}

/** Ones fill the blocks: they are no pole of any operator. */
function blockedConstant(t: Tensor, channels: Channels, size: number): Blocks {
  const [n, , h, w] = t.shape
  const area = h * w
  const per = channels.length * area
  const data = Float64Array.from({ length: n * per }, (_, i) => {
    const channel = channels[Math.floor((i % per) / area)]
    return channel < 0 ? 1 : dataOf(t)[Math.floor(i / per) * t.shape[1] * area + channel * area + (i % area)]
  })
  const shape = [n, channels.length, h, w]
  return blocks(
    constant(Float32Array.from(block(data, shape, size)), shape),
    channels,
    new Float64Array(channels.length).fill(1),
  )
}
