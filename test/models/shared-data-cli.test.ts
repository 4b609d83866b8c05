import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Report } from '../../src/engine/options.ts'
import { encodePng } from '../../src/io/png.ts'
import { advx } from '../cli/process.ts'
import { folderOf } from '../io/folder.ts'
import { describeWith, shared, sharedPictures } from '../support/shared-data.ts'
import { CASES, type Case, EXPECTED, needs, type Photographed } from './shared-data-cases.ts'

// Models as a user finds them, a preprocessor_config.json beside the file: their accuracy without any option.

const HALVES = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }
const SIDECARS: Readonly<Record<string, object>> = {
  unit: { do_rescale: true, do_normalize: false },
  raw: { do_rescale: false, do_normalize: false },
  inception: { do_rescale: true, do_normalize: true, ...HALVES },
  imagenet: {
    do_rescale: true,
    rescale_factor: 0.00392156862745098,
    do_normalize: true,
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
  },
  caffe: {
    do_rescale: false,
    do_flip_channel_order: true,
    do_normalize: true,
    image_mean: [103.939, 116.779, 123.68],
    image_std: [1, 1, 1],
  },
}

for (const one of CASES) describeWith(...needs(one))(one.file, () => examine(one))

function examine(one: Case): void {
  test('reaches its accuracy with what lies beside it', async () => {
    const cwd = await folderOf({
      'model/preprocessor_config.json': JSON.stringify({
        do_resize: false,
        ...SIDECARS[one.preprocess],
        ...(await resize(one)),
      }),
    })
    await symlink(shared(`onnx/${one.file}`), join(cwd, 'model', 'model.onnx'))
    const accuracy = one.images === 'imagenet' ? await photographs(one, cwd) : await arrays(one, cwd)
    const args = ['attack', 'pictures', '-m', 'model', '-a', 'fgsm', '-e', '1/255', '--threads', '1', '--json']
    const labels = accuracy === null ? ['--label-from', 'prediction'] : ['-l', 'labels.csv']
    const { code, stdout } = await advx([...args, ...labels], { cwd })
    expect(code).toBe(0)
    const report: Report = JSON.parse(stdout)
    expect(report.model.preprocessing).toMatchObject({ name: 'preprocessor_config' })
    if (accuracy !== null) expect(Math.abs(100 * report.accuracy.clean!.value - accuracy)).toBeLessThanOrEqual(0.5)
  })
}

/** Photographs have other sizes than the model. */
async function resize({ images, expected }: Case): Promise<object> {
  if (images !== 'imagenet') return {}
  const input = expected ? (await nets())[expected[0]].input : 96
  return { do_resize: true, size: { height: input, width: input }, resample: 2 }
}

const nets = async (): Promise<Record<string, Photographed>> => JSON.parse(await readFile(shared(EXPECTED), 'utf8'))

/** Writes the pictures of an array and their labels. Gives the percentage that is known. */
async function arrays({ images, accuracy }: Case, cwd: string): Promise<number | null> {
  const { pictures, labels } = await sharedPictures(images, images === 'cifar10_200' ? 200 : 1000)
  await mkdir(join(cwd, 'pictures'))
  for (const [i, picture] of pictures.entries())
    await writeFile(join(cwd, 'pictures', `${i}.png`), await encodePng(picture))
  await writeFile(join(cwd, 'labels.csv'), labels.map((label, i) => `${i}.png,${label}\n`).join(''))
  return accuracy ?? null
}

/** The labelled photographs, whose class is the last number of their name. */
async function photographs({ expected }: Case, cwd: string): Promise<number | null> {
  const names = (await readdir(shared('images/foolbox'))).filter(name => name.startsWith('imagenet_'))
  await mkdir(join(cwd, 'pictures'))
  for (const name of names) await symlink(shared(`images/foolbox/${name}`), join(cwd, 'pictures', name))
  const first = expected?.[1] ?? 0
  const label = (name: string): number => Number(/_(\d+)\.jpg$/.exec(basename(name))![1]) + first
  await writeFile(join(cwd, 'labels.csv'), names.map(name => `${name},${label(name)}\n`).join(''))
  if (!expected) return null
  const [right, of] = (await nets())[expected[0]].foolbox_top1.split('/').map(Number)
  return (100 * right) / of
}
