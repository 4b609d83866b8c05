import { readFile, stat } from 'node:fs/promises'
import type { Locate } from '../folder.ts'
import { ofFile } from '../of-file.ts'
import { exportsOf, SCRIPT } from './script.ts'

/** A file of weights. */
export interface Shard {
  /** Bytes. */
  readonly length: number
  read(): Promise<Uint8Array>
}

/** By the path that the manifest gives. */
export type OpenShard = (path: string) => Promise<Shard>

/** Files beside the model; `scripts`: scripts that export their bytes in base64. */
export const shards =
  (locate: Locate, scripts: boolean): OpenShard =>
  async path => {
    const file = locate(scripts ? `${path}${SCRIPT}` : path, 'a path of the weights manifest', 'Weights lie in')
    if (!scripts) return { length: (await stat(file)).size, read: () => readFile(file) }
    try {
      const bytes = Buffer.from(String(exportsOf(await readFile(file, 'utf8'))), 'base64')
      return { length: bytes.length, read: async () => bytes }
    } catch (error) {
      throw ofFile(file, error)
    }
  }
