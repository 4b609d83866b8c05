/** Items by what `key` says of them, each group and the groups in the items' order. */
export function grouped<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const its = key(item)
    const group = groups.get(its)
    if (group) group.push(item)
    else groups.set(its, [item])
  }
  return groups
}
