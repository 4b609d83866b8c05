import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expected } from '../errors.ts'
import { readIdx } from '../io/idx.ts'
import type { Data, Wanted } from './data.ts'
import type { Pictures } from './pictures.ts'

/** Files of pictures and of labels. */
interface Pair {
  readonly images: string
  readonly labels: string
}

/** The IDX files of a folder, by the names that MNIST and its likes have: `train-images-idx3-ubyte`, packed or not. */
export interface IdxFiles {
  readonly train: Pair
  readonly test: Pair | null
}

/** Null where the folder holds no such files. */
export async function findIdx(folder: string): Promise<IdxFiles | null> {
  const names = await readdir(folder)
  const pair = (part: string): Pair | null => {
    const [images, labels] = [`${part}-images`, `${part}-labels`].map(start =>
      names.find(name => name.startsWith(start) && /[-.]idx[13]-ubyte(\.gz)?$/.test(name)),
    )
    if (images === undefined && labels === undefined) return null
    if (images !== undefined && labels !== undefined)
      return { images: join(folder, images), labels: join(folder, labels) }
    throw expected('usage', `${part}-images and ${part}-labels`, folder, images ?? labels, 'One of the two is missing.')
  }
  const train = pair('train')
  return train && { train, test: pair('t10k') ?? pair('test') }
}

export async function readIdxPictures({ train, test }: IdxFiles, wanted: Wanted): Promise<Data> {
  const read = await readPair(train, wanted, null)
  return { train: read, test: test && (await readPair(test, wanted, read)) }
}

/** `like`: what the pictures shall agree with. */
async function readPair({ images, labels }: Pair, wanted: Wanted, like: Pictures | null): Promise<Pictures> {
  const [{ shape, bytes }, classes] = await Promise.all([readIdx(images), readIdx(labels)])
  if (shape.length !== 3)
    throw expected('picture', 'three axes, as grey pictures have,', images, `${shape.length} axes`)
  const [count, height, width] = shape
  if (classes.shape.length !== 1 || classes.shape[0] !== count)
    throw expected('picture', `${count} labels, as many as there are pictures,`, labels, classes.shape)
  if (wanted.channels === 3) throw expected('usage', 'a network for one channel', images, 'three channels')
  if (wanted.size && (wanted.size.height !== height || wanted.size.width !== width)) {
    const hint = 'IDX pictures are not resized.'
    throw expected(
      'usage',
      `pictures of ${width} x ${height}`,
      images,
      `${wanted.size.width} x ${wanted.size.height}`,
      hint,
    )
  }
  const size = { channels: 1, height, width } as const
  if (like && (like.size.height !== height || like.size.width !== width))
    throw expected('picture', `pictures of ${like.size.width} x ${like.size.height}`, images, `${width} x ${height}`)
  const most = classes.bytes.reduce((a, b) => Math.max(a, b), 0)
  const names = wanted.classes ?? like?.classes ?? Array.from({ length: most + 1 }, (_, i) => String(i))
  if (most >= names.length)
    throw expected('usage', `labels below ${names.length}, the number of classes,`, labels, most)
  return { size, classes: names, levels: bytes, labels: Uint16Array.from(classes.bytes) }
}
