import type { Line } from './options.ts'

/** Lines by what `key` says of them, each group and the groups in the lines' order. */
export function groupLines(lines: readonly Line[], key: (line: Line) => string): Map<string, Line[]> {
  const groups = new Map<string, Line[]>()
  for (const line of lines) {
    const group = groups.get(key(line))
    if (group) group.push(line)
    else groups.set(key(line), [line])
  }
  return groups
}
