import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readData } from '../../src/train/data.ts'

const ANY = { classes: null, size: null, channels: null }
const BAG = 'fixtures/images/bag/0018.png'
const SHIRT = 'fixtures/images/shirt/0004.png'
let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'advx-data-'))
})
afterAll(() => rm(root, { recursive: true }))

/** A new folder with copies of pictures, and folders without any. */
async function folder(
  name: string,
  files: Readonly<Record<string, string>>,
  empty: readonly string[] = [],
): Promise<string> {
  const path = join(root, name)
  for (const each of empty) await mkdir(join(path, each), { recursive: true })
  for (const [to, from] of Object.entries(files)) {
    await mkdir(join(path, to, '..'), { recursive: true })
    await copyFile(from, join(path, to))
  }
  return path
}

describe('a folder with one folder a class', () => {
  test('grey pictures have one channel; classes are in order, numbers by value', async () => {
    const path = await folder('good', { '10/a.png': BAG, '9/b.png': SHIRT, '9/deep/c.png': BAG })
    const { train, test: none } = await readData(path, ANY)
    expect(none).toBeNull()
    expect(train.classes).toEqual(['9', '10'])
    expect(train.size).toEqual({ channels: 1, height: 28, width: 28 })
    expect([...train.labels].sort()).toEqual([0, 0, 1])
    expect(train.levels.length).toBe(3 * 784)
  })

  test('a picture outside of them', async () => {
    const path = await folder('loose', { 'bag/a.png': BAG, 'b.png': SHIRT })
    await expect(readData(path, ANY)).rejects.toThrow(/one folder for each class.*'b.png'/)
  })

  test('an empty one', async () => {
    const path = await folder('hollow', { 'bag/a.png': BAG }, ['shirt'])
    await expect(readData(path, ANY)).rejects.toThrow("pictures for the class 'shirt' but got 'none'")
  })

  test('one that is not among the given classes', async () => {
    const path = await folder('foreign', { 'bag/a.png': BAG, 'shoe/b.png': SHIRT })
    await expect(readData(path, { ...ANY, classes: ['bag'] })).rejects.toThrow(/among the classes.*'shoe'/)
  })

  test('a picture of another size is named, or resized where a size is given', async () => {
    const odd = await folder('sizes', { 'a/a.png': BAG, 'b/b.png': SHIRT })
    const { default: sharp } = await import('sharp')
    await sharp(BAG).resize(20, 14).png().toFile(join(odd, 'b/odd.png'))
    await expect(readData(odd, ANY)).rejects.toThrow(/'b\/odd.png' is 20 x 14.*--size 28x28/)
    const { train } = await readData(odd, { ...ANY, size: { height: 16, width: 12 } })
    expect(train.size).toEqual({ channels: 1, height: 16, width: 12 })
  })
})

describe('a CSV file', () => {
  test('names pictures below its folder', async () => {
    const path = await folder('table', { 'x/a.png': BAG, 'y/b.png': SHIRT })
    await writeFile(join(path, 'labels.csv'), 'image,label\nx/a.png,bag\ny/b.png,shirt\n')
    const { train } = await readData(join(path, 'labels.csv'), ANY)
    expect(train.classes).toEqual(['bag', 'shirt'])
    expect([...train.labels]).toEqual([0, 1])
  })

  test('that names none, or a class that is not there', async () => {
    const path = await folder('table2', { 'a.png': BAG })
    await writeFile(join(path, 'none.csv'), 'image,label\n')
    await expect(readData(join(path, 'none.csv'), ANY)).rejects.toThrow(/lines of image,label/)
    await writeFile(join(path, 'other.csv'), 'a.png,shoe\n')
    const classes = ['bag', 'shirt']
    await expect(readData(join(path, 'other.csv'), { ...ANY, classes })).rejects.toThrow(
      /class name or an index.*'shoe'/,
    )
  })
})

describe('IDX files', () => {
  const idx = (shape: readonly number[], values: readonly number[]): Uint8Array => {
    const head = shape.flatMap(d => [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255])
    return Uint8Array.from([0, 0, 8, shape.length, ...head, ...values])
  }
  const write = async (name: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> => {
    const path = join(root, name)
    await mkdir(path, { recursive: true })
    for (const [file, bytes] of Object.entries(files)) await writeFile(join(path, file), bytes)
    return path
  }
  const pictures = idx(
    [2, 2, 3],
    Array.from({ length: 12 }, (_, i) => i),
  )
  const labels = idx([2], [1, 0])

  test('packed or not, with those for tests', async () => {
    const path = await write('idx', {
      'train-images-idx3-ubyte.gz': gzipSync(pictures),
      'train-labels-idx1-ubyte.gz': gzipSync(labels),
      't10k-images-idx3-ubyte': pictures,
      't10k-labels-idx1-ubyte': labels,
    })
    const { train, test: apart } = await readData(path, ANY)
    expect(train).toEqual({
      size: { channels: 1, height: 2, width: 3 },
      classes: ['0', '1'],
      levels: Uint8Array.from({ length: 12 }, (_, i) => i),
      labels: Uint16Array.of(1, 0),
    })
    expect(apart).toEqual(train)
  })

  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['no labels', { 'train-images-idx3-ubyte': pictures }, /One of the two is missing/],
    [
      'cut short',
      { 'train-images-idx3-ubyte': pictures.slice(0, 20), 'train-labels-idx1-ubyte': labels },
      /28 bytes.*got 20/,
    ],
    ['too few labels', { 'train-images-idx3-ubyte': pictures, 'train-labels-idx1-ubyte': idx([1], [0]) }, /2 labels/],
    [
      'no IDX',
      { 'train-images-idx3-ubyte': Uint8Array.of(1, 2, 3, 4, 5), 'train-labels-idx1-ubyte': labels },
      /two zeros/,
    ],
    [
      'floats',
      { 'train-images-idx3-ubyte': Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), 'train-labels-idx1-ubyte': labels },
      /type 13/,
    ],
  ])('%s', async (name, files, message) => {
    await expect(readData(await write(`idx-${name}`, files), ANY)).rejects.toThrow(message)
  })
})

test('a path that is not there, or a picture', async () => {
  await expect(readData(join(root, 'nowhere'), ANY)).rejects.toThrow(/There is no such path/)
  await expect(readData(BAG, ANY)).rejects.toThrow(/a folder or a .csv file/)
})
