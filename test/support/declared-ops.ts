import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../src/ops/', import.meta.url)

/** The names of the operators that the sources under src/ops declare, by file. */
export const declaredOps = (): Record<string, string[]> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .map(file => [
        file,
        [...readFileSync(new URL(file, folder), 'utf8').matchAll(DECLARATION)].map(([, name]) => name),
      ]),
  )

// `name: 'conv',` in a record, or the name as first argument of a function that makes the record.
const DECLARATION = /(?:^ {2}name: |= (?:elementwise|reduction)\()'(\w+)'/gm
