import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** The sha256 of a file's bytes, in hexadecimal digits. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path)) hash.update(part)
  return hash.digest('hex')
}
