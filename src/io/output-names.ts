import { posix } from 'node:path'
import { withoutExtension } from './format.ts'

/**
 * Where each picture is written below a folder of results, in the order of the names: `bag/1.jpg` becomes `bag/1.png`.
 * Names that would meet keep their extension (`1.jpg.png`), also where they differ by case or Unicode form alone, which
 * some file systems do not tell apart; what meets even so is numbered. No name is a folder of another.
 */
export function outputNames(names: readonly string[]): string[] {
  const folders = new Set(names.flatMap(foldersAbove).map(fold))
  const kept = new Set<string>()
  const outputs = (): string[] => names.map(name => `${kept.has(name) ? name : withoutExtension(name)}.png`)
  // A name that keeps its extension may meet one that did not: `a.jpg` and a source called `a.jpg.png`.
  for (let before = -1; before < kept.size; ) {
    before = kept.size
    const taken = count(outputs().map(fold))
    outputs().forEach((output, i) => {
      if (folders.has(fold(output)) || taken.get(fold(output))! > 1) kept.add(names[i])
    })
  }
  return number(outputs(), folders)
}

/** `a.png`, `a.png` to `a.png`, `a-2.png`: past every name that is taken. */
function number(outputs: readonly string[], folders: ReadonlySet<string>): string[] {
  const taken = new Set(outputs.map(fold))
  const given = new Set<string>(folders)
  return outputs.map(output => {
    let name = output
    for (let n = 2; given.has(fold(name)); n++) {
      const next = output.replace(/\.png$/, `-${n}.png`)
      if (!taken.has(fold(next))) name = next
    }
    given.add(fold(name))
    return name
  })
}

/** One spelling for all that a file system may take for the same name. */
export const fold = (name: string): string => name.normalize('NFC').toLowerCase()

function foldersAbove(name: string): string[] {
  const above = posix.dirname(name)
  return above === '.' || above === name ? [] : [above, ...foldersAbove(above)]
}

function count(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
