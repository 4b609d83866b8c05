/**
 * Which channel of the network each channel of a blocked tensor holds, -1 for those that only fill a block. Its length
 * is a multiple of the block.
 */
export type Channels = Int32Array

/** The least multiple of `block` that holds `count`. */
export const filled = (count: number, block: number): number => Math.ceil(count / block) * block

/** 0, 1, …, count - 1, and what fills the last block. */
export const inOrder = (count: number, block: number): Channels =>
  Int32Array.from({ length: filled(count, block) }, (_, p) => (p < count ? p : -1))

export const isInOrder = (channels: Channels): boolean => {
  const count = countOf(channels)
  return channels.every((c, p) => c === (p < count ? p : -1))
}

export const sameChannels = (a: Channels, b: Channels): boolean =>
  a === b || (a.length === b.length && a.every((c, p) => c === b[p]))

/** How many channels of the network are there. */
export const countOf = (channels: Channels): number => channels.reduce((n, c) => (c < 0 ? n : n + 1), 0)

/** Those of several tensors, one after the other. */
export function joined(parts: readonly Channels[]): Channels {
  let offset = 0
  return Int32Array.from(
    parts.flatMap(part => {
      const moved = Array.from(part, c => (c < 0 ? -1 : c + offset))
      offset += countOf(part)
      return moved
    }),
  )
}

/** The whole blocks that hold the channels `first`, …, `first + count - 1` and no others, as [from, to), or null. */
export function blocksWith(
  channels: Channels,
  first: number,
  count: number,
  block: number,
): readonly [number, number] | null {
  const wanted = (c: number): boolean => c >= first && c < first + count
  const from = channels.findIndex(wanted)
  const to = filled(channels.findLastIndex(wanted) + 1, block)
  if (from < 0 || from % block !== 0 || channels.subarray(from, to).some(c => c >= 0 && !wanted(c))) return null
  return [from, to]
}

/** Stretches of channels that follow each other in both orders, by their place in the network. */
export function runs(channels: Channels): { from: number; length: number }[] {
  const places = [...channels.keys()].filter(p => channels[p] >= 0).sort((p, q) => channels[p] - channels[q])
  const found: { from: number; length: number }[] = []
  for (const p of places) {
    const last = found.at(-1)
    if (last && last.from + last.length === p) last.length++
    else found.push({ from: p, length: 1 })
  }
  return found
}
