import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AdvxError } from '../errors.ts'
import { decodePicture } from '../io/decode.ts'
import type { Picture } from '../io/picture.ts'
import { THUMBNAILS } from '../report/selection.ts'
import { type Strip, strip } from '../report/strip.ts'
import type { Line } from './options.ts'

/** The pictures of the report's gallery. */
export interface Strips {
  /** Of a line whose pictures are in memory; `adversarial`: null for one that resisted. */
  add(line: Line, clean: Picture, adversarial: Picture | null): void
  /** By the paths of its files; null where one is gone or is no picture any more: a run does not end by it. */
  of(line: Line, clean: string, file: string | null): Promise<Strip | null>
}

/** Lines of a run up to which its thumbnails are larger: 224 pixels, above it 144. */
const FEW = 48

/**
 * Where a run has so few lines that the report shows all of them, strips are made while the next pictures are attacked;
 * else at the end, from the files.
 */
export function stripsOf(out: string, lines: number, channels: 1 | 3): Strips {
  const longest = lines > FEW ? 144 : 224
  const early = new Map<string, Promise<Strip>>()
  return {
    add(line, clean, adversarial) {
      if (lines > THUMBNAILS) return
      const made = strip(clean, adversarial, longest)
      made.catch(() => {}) // told where it is asked for
      early.set(keyOf(line, line.file), made)
    },
    of: (line, clean, file) => early.get(keyOf(line, file)) ?? fromFiles(out, clean, file, channels, longest),
  }
}

const keyOf = ({ image }: Line, file: string | null): string => `${image}\0${file}`

async function fromFiles(
  out: string,
  clean: string,
  file: string | null,
  channels: 1 | 3,
  longest: number,
): Promise<Strip | null> {
  const read = async (path: string) => decodePicture(await readFile(join(out, path)), channels, path)
  try {
    const x0 = await read(clean)
    const x = file === null ? null : await read(file)
    return x && x.levels.length !== x0.levels.length ? null : await strip(x0, x, longest)
  } catch (cause) {
    if (cause instanceof AdvxError || (cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw cause
  }
}
