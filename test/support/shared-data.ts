import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe } from '@jest/globals'
import type { Picture } from '../../src/io/picture.ts'

// Real models and pictures that may not be copied into the project lie beside it; where they are not, their tests skip.
const folder = new URL('../../../shared/data/', import.meta.url)

/** The path of a file of ../shared/data, there or not. */
export const shared = (file: string): string => fileURLToPath(new URL(file, folder))

/** `describe` where the files of ../shared/data are there, else `describe.skip`, and why is printed. */
export function describeWith(...files: readonly string[]): typeof describe | typeof describe.skip {
  const missing = files.find(file => !existsSync(shared(file)))
  if (missing === undefined) return describe
  console.log(`Skipped: ../shared/data/${missing} is not there.`)
  return describe.skip
}

/** Pictures with the classes that they show. */
export interface Labelled {
  readonly pictures: readonly Picture[]
  readonly labels: readonly number[]
}

/** The first `count` pictures of images/<name>_X.npy, [N, H, W, 3] or [N, 1, H, W] in 0..1, and labels of <name>_y.npy. */
export async function sharedPictures(name: string, count: number): Promise<Labelled> {
  const x = await readNpy(shared(`images/${name}_X.npy`))
  const y = await readNpy(shared(`images/${name}_y.npy`))
  const grey = x.shape[1] === 1
  const [height, width, channels] = grey ? [...x.shape.slice(2), 1] : x.shape.slice(1)
  const [plane, length] = [height * width, height * width * channels]
  const picture = (i: number): Picture => {
    const levels = new Uint8Array(length)
    // Planar where the file is not; one channel is both.
    for (let k = 0; k < length; k++)
      levels[(k % channels) * plane + Math.floor(k / channels)] = Math.round(255 * x.data[i * length + k])
    return { height, width, channels: grey ? 1 : 3, levels }
  }
  return { pictures: Array.from({ length: count }, (_, i) => picture(i)), labels: y.data.slice(0, count) }
}

/** An array of NumPy's, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
async function readNpy(path: string): Promise<{ shape: number[]; data: number[] }> {
  const bytes = await readFile(path)
  const start = 10 + bytes.readUInt16LE(8)
  const [, type, dims] = /'descr': '(.*?)', 'fortran_order': False, 'shape': \((.*?)\)/.exec(
    bytes.toString('latin1', 10, start),
  )!
  const shape = dims.split(',').filter(Boolean).map(Number)
  const length = shape.reduce((a, b) => a * b, 1)
  const at: Record<string, (i: number) => number> = {
    '<f4': i => bytes.readFloatLE(start + 4 * i),
    '<i8': i => Number(bytes.readBigInt64LE(start + 8 * i)),
  }
  return { shape, data: Array.from({ length }, (_, i) => at[type](i)) }
}
