import { createHash } from 'node:crypto'
import { decodePicture, readPictureFile } from '../io/decode.ts'
import { fitPicture } from '../io/fit.ts'
import type { Picture } from '../io/picture.ts'
import type { Classifier } from '../models/load.ts'
import type { Item } from './items.ts'
import type { Prepared } from './prepare.ts'
import { turnstile } from './turnstile.ts'

/** x₀: the picture as the model gets it, and the sha256 of its file. */
export interface Read {
  readonly picture: Picture
  readonly sha256: string
}

/** @throws AdvxError 'picture' when the picture cannot be used */
export type Reader = (item: Item) => Promise<Read>

/** Pictures decoded at a time: a photograph takes far more memory than what the model gets of it. */
const DECODING = 4

/** Pictures that are read before they are asked for. */
const AHEAD = 16

/** Reads pictures as the model gets them. `ahead` reads the first few, which are kept. */
export function reader({ classifier, items }: Prepared): { readonly item: Reader; ahead(): void } {
  const read = turnstile(DECODING, ({ source: { path, name } }: Item) => readAs(classifier, path, name))
  const kept = new Map<Item, Promise<Read>>()
  return {
    item: item => kept.get(item) ?? read(item),
    ahead() {
      for (const item of items.slice(0, AHEAD)) {
        const picture = read(item)
        picture.catch(() => {}) // told when it is asked for
        kept.set(item, picture)
      }
    },
  }
}

/** A picture's file as a model gets it; `name` is what messages call it. */
export async function readAs(
  { input, preprocessing }: Pick<Classifier, 'input' | 'preprocessing'>,
  path: string,
  name: string,
): Promise<Read> {
  const bytes = await readPictureFile(path, name)
  const decoded = await decodePicture(bytes, input.channels, name)
  return { picture: fitPicture(decoded, preprocessing.geometry), sha256: sha256(bytes) }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
