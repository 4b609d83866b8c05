import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { expected } from '../errors.ts'
import type { InputSize } from '../models/preprocessing.ts'
import { readTable } from './csv-pictures.ts'
import { readFolder } from './folder-pictures.ts'
import { findIdx, readIdxPictures } from './idx-pictures.ts'
import type { Pictures } from './pictures.ts'

/** What data are read as. */
export interface Wanted {
  /** Names of the classes, in order; null: the data's own. */
  readonly classes: readonly string[] | null
  /** Height and width that pictures are resized to; null: all must have the same. */
  readonly size: Pick<InputSize, 'height' | 'width'> | null
  /** Null: one where all pictures are grey, else three. */
  readonly channels: 1 | 3 | null
}

/** Labelled pictures, and those that their makers set apart for tests. */
export interface Data {
  readonly train: Pictures
  readonly test: Pictures | null
}

/**
 * Pictures with their classes: a folder of IDX files as MNIST comes, a folder with a folder for each class, or a CSV file
 * of image,label with paths below its own folder.
 *
 * @throws AdvxError 'usage' or 'picture' that says what is missing or does not fit
 */
export async function readData(path: string, wanted: Wanted): Promise<Data> {
  const found = await stat(path).catch(() => null)
  if (!found) throw expected('usage', 'a folder or a .csv file', '<data>', path, 'There is no such path.')
  if (found.isDirectory()) {
    const idx = await findIdx(path)
    return idx ? readIdxPictures(idx, wanted) : { train: await readFolder(path, wanted), test: null }
  }
  if (extname(path).toLowerCase() === '.csv') return { train: await readTable(path, wanted), test: null }
  const hint = 'Name the folder that holds one folder a class, or the IDX files of MNIST.'
  throw expected('usage', 'a folder or a .csv file', '<data>', path, hint)
}
