import { readdir, realpath } from 'node:fs/promises'
import { join, parse, sep } from 'node:path'
import type { Skips } from './walk.ts'

/** A pattern taken apart: the folder before its first wildcard, and what follows, one list of segments an alternative. */
export interface Glob {
  readonly base: string
  readonly alternatives: readonly (readonly string[])[]
}

/** Whether an argument that names no file is meant as a pattern. */
export const isGlob = (text: string): boolean => /[*?]|\{[^{}]*,[^{}]*\}/.test(text)

/** `photos/{cat,dog}/*.png`: `*` and `?` stay within a segment, `**` crosses any number, `{a,b}` may nest. */
export function parseGlob(pattern: string): Glob {
  const path = sep === '\\' ? pattern.replaceAll('\\', '/') : pattern
  const { root } = parse(path)
  const segments = path.slice(root.length).split('/')
  // A brace may hold a slash, so the prefix ends at the first segment with any of them.
  const fixed = segments.findIndex(segment => /[*?{}]/.test(segment))
  const base = `${root}${segments.slice(0, fixed).join('/')}` || '.'
  const rest = segments.slice(fixed).join('/')
  return { base, alternatives: braces(rest).map(text => text.split('/').filter(s => s !== '' && s !== '.')) }
}

/** `x{a,b{c,d}}` to `xa`, `xbc`, `xbd`, from the innermost braces out; braces without a comma are letters. */
function braces(text: string): string[] {
  const found = /\{([^{}]*,[^{}]*)\}/.exec(text)
  if (!found) return [text]
  const [before, after] = [text.slice(0, found.index), text.slice(found.index + found[0].length)]
  return [...new Set(found[1].split(',').flatMap(choice => braces(before + choice + after)))]
}

/**
 * The files and folders that a pattern names, links included; hidden ones only where the pattern spells the dot.
 * `**` does not follow links, and `..` behind a wildcard matches nothing.
 * @param skips folders that are not looked into
 */
export async function expandGlob(glob: Glob, skips: Skips): Promise<string[]> {
  const found = await Promise.all(glob.alternatives.map(segments => expand(glob.base, segments, skips)))
  return [...new Set(found.flat())]
}

async function expand(folder: string, [segment, ...rest]: readonly string[], skips: Skips): Promise<string[]> {
  if (segment === undefined) return [folder]
  if (await skips({ path: folder, real: await realpath(folder).catch(() => folder) })) return []
  // What is no folder, or may not be read, holds no match.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const visible = entries.filter(({ name }) => segment.startsWith('.') || !name.startsWith('.'))
  if (segment !== '**') {
    const matches = matcher(segment)
    const names = visible.map(({ name }) => name).filter(name => matches.test(name))
    return (await Promise.all(names.map(name => expand(join(folder, name), rest, skips)))).flat()
  }
  const below = visible.filter(entry => entry.isDirectory()).map(({ name }) => join(folder, name))
  // At the end of a pattern `**` names every file below; elsewhere it stands for no folder at all, too.
  const here = rest.length > 0 ? expand(folder, rest, skips) : expand(folder, ['*'], skips)
  return (await Promise.all([here, ...below.map(path => expand(path, [segment, ...rest], skips))])).flat()
}

/** One segment as a regular expression. */
function matcher(segment: string): RegExp {
  const source = segment
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'su')
}
