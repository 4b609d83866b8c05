import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { AdvxError } from '../../src/errors.ts'
import { evaluate } from '../../src/evaluate.ts'
import { findPreprocessing } from '../../src/models/find-preprocessing.ts'
import type { InputSize, Preprocessing } from '../../src/models/preprocessing.ts'
import { input } from '../../src/tensor.ts'

const folder = mkdtempSync(join(tmpdir(), 'advx-preprocessing-'))
afterAll(() => rmSync(folder, { recursive: true }))

const RGB: InputSize = { channels: 3, height: 224, width: 224 }
const file = (config: unknown): string => {
  const path = join(folder, 'p.json')
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config))
  return path
}
const option = async (config: unknown, size = RGB): Promise<Preprocessing> =>
  (await findPreprocessing({ option: typeof config === 'string' ? config : file(config) })).for(size)

/** What one pixel of the given channels becomes. */
function pixel({ normalise }: Preprocessing, values: readonly number[]): number[] {
  const x = input([-1, values.length, 1, 1])
  return Array.from(evaluate([normalise(x)], new Map([[x, values]]))[0], v => Math.round(v * 1e5) / 1e5)
}
const near = (...values: number[]): number[] => values.map(v => Math.round(v * 1e5) / 1e5)

describe('by name', () => {
  test.each([
    ['unit', [0, 0.5, 1]],
    ['imagenet', [-0.485 / 0.229, (0.5 - 0.456) / 0.224, (1 - 0.406) / 0.225]],
    ['inception', [-1, 0, 1]],
    ['caffe', [255 - 103.939, 127.5 - 116.779, -123.68]],
    ['raw', [0, 127.5, 255]],
  ])('%s', async (name, values) => {
    expect(pixel(await option(name), [0, 0.5, 1])).toEqual(near(...values))
  })

  test('imagenet cuts the centre, the others go straight to the size', async () => {
    expect((await option('imagenet')).geometry).toEqual({
      height: 224,
      width: 224,
      resize: { kind: 'shortest', edge: 256 },
      crop: { height: 224, width: 224 },
      resample: 'bilinear',
    })
    const grey: InputSize = { channels: 1, height: 28, width: 20 }
    expect((await option('unit', grey)).geometry).toEqual({
      height: 28,
      width: 20,
      resize: { kind: 'exact', height: 28, width: 20 },
      crop: null,
      resample: 'bilinear',
    })
  })

  test.each(['imagenet', 'caffe'])('%s wants three channels', async name => {
    await expect(option(name, { channels: 1, height: 28, width: 28 })).rejects.toThrow(/channel/)
  })

  test('unknown ones', async () => {
    await expect(option('imagnet')).rejects.toThrow(
      "unit, imagenet, inception, caffe, raw or a JSON file for --preprocess but got 'imagnet'. Did you mean 'imagenet'?",
    )
  })
})

describe('preprocessor_config.json', () => {
  const vit = {
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_processor_type: 'ViTImageProcessor',
    image_std: [0.5, 0.5, 0.5],
    resample: 2,
    rescale_factor: 0.00392156862745098,
    size: { height: 224, width: 224 },
  }
  test('ViT', async () => {
    const found = await findPreprocessing({ option: file(vit) })
    expect(found.size).toEqual({ height: 224, width: 224 })
    const p = found.for(RGB)
    expect([p.name, p.from, found.notes]).toEqual(['preprocessor_config', 'option', []])
    expect(pixel(p, [0, 0.5, 1])).toEqual([-1, 0, 1])
    expect(p.json.scale).toBe(1)
    expect(p.geometry).toEqual({
      height: 224,
      width: 224,
      resize: { kind: 'exact', height: 224, width: 224 },
      crop: null,
      resample: 'bilinear',
    })
  })

  test('CLIP', async () => {
    const clip = {
      crop_size: 224,
      do_center_crop: true,
      do_normalize: true,
      do_resize: true,
      feature_extractor_type: 'CLIPFeatureExtractor',
      image_mean: [0.1, 0.2, 0.3],
      image_std: [1, 2, 4],
      resample: 3,
      size: 224,
    }
    const p = await option(clip)
    expect(p.geometry).toMatchObject({
      resize: { kind: 'shortest', edge: 224 },
      crop: { height: 224, width: 224 },
      resample: 'bicubic',
    })
    expect(pixel(p, [1, 1, 1])).toEqual(near(0.9, 0.4, 0.175))
  })

  test('ConvNeXt and ResNet: crop_pct', async () => {
    const { size: _, ...rest } = vit
    expect((await option({ ...rest, crop_pct: 0.875, size: { shortest_edge: 224 } })).geometry).toMatchObject({
      resize: { kind: 'shortest', edge: 256 },
      crop: { height: 224 },
    })
    const large = await option({ ...rest, crop_pct: 0.95, size: 384 }, { channels: 3, height: 384, width: 384 })
    expect(large.geometry).toMatchObject({ resize: { kind: 'exact', height: 384 }, crop: null })
  })

  test('EfficientNet: an offset; MobileViT: BGR without mean', async () => {
    const efficient = {
      do_rescale: true,
      rescale_factor: 1 / 127.5,
      rescale_offset: true,
      do_normalize: false,
      size: { height: 224, width: 224 },
    }
    expect(pixel(await option(efficient), [0, 0.5, 1])).toEqual([-1, 0, 1])
    expect(
      pixel(
        await option({
          do_flip_channel_order: true,
          do_rescale: true,
          size: { shortest_edge: 256 },
          crop_size: { height: 224, width: 224 },
        }),
        [0, 0.5, 1],
      ),
    ).toEqual([1, 0.5, 0])
  })

  test('nothing at all is done', async () => {
    const p = await option({
      do_resize: false,
      do_rescale: false,
      do_normalize: false,
      image_mean: [1],
      image_std: [2],
    })
    expect(p.geometry).toMatchObject({ resize: null, crop: null })
    expect(pixel(p, [0, 0.5, 1])).toEqual([0, 127.5, 255])
  })

  test('timm', async () => {
    const cfg = {
      input_size: [3, 224, 224],
      interpolation: 'bicubic',
      crop_pct: 0.95,
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.5, 1],
    }
    for (const config of [cfg, { architecture: 'vit', pretrained_cfg: cfg }]) {
      const p = await option(config)
      expect(p.geometry).toMatchObject({
        resize: { kind: 'shortest', edge: 235 },
        crop: { height: 224 },
        resample: 'bicubic',
      })
      expect(pixel(p, [1, 1, 1])).toEqual([2, 1, 0.5])
    }
  })

  test('keys that are not known are noted', async () => {
    const { notes } = await findPreprocessing({
      option: file({ ...vit, do_pad: true, do_thumbnail: false, patch_size: 16 }),
    })
    expect(notes).toHaveLength(2)
    expect(notes[0]).toContain("'do_pad' of")
  })

  test.each<[unknown, RegExp]>([
    ['{', /is no JSON/],
    ['[1]', /a JSON object .*\[1\]/],
    [{ ...vit, size: '224' }, /'size' of .* but got '"224"'/],
    [{ ...vit, size: { longest_edge: 5 } }, /\{"height", "width"\}/],
    [{ ...vit, size: { height: -1, width: 2 } }, /pixels for 'height' of 'size'/],
    [{ ...vit, image_std: [1, 0, 1] }, /above 0 for 'image_std'/],
    [{ ...vit, image_std: null }, /'image_std'/],
    [{ ...vit, image_mean: [1, 2] }, /one mean or one for each of 3 channels .* but got '2 of them'/],
    [{ ...vit, image_mean: ['a'] }, /numbers for 'image_mean'/],
    [{ ...vit, do_resize: 'yes' }, /true or false/],
    [{ ...vit, resample: 4 }, /one of nearest, lanczos/],
    [{ ...vit, crop_pct: 0, size: 224 }, /share/],
    [{ ...vit, size: 384 }, /pictures of 224 x 224, the model's,.*384 x 384/],
  ])('%j is refused', async (config, message) => {
    const attempt = findPreprocessing({ option: file(config) }).then(found => found.for(RGB))
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toBeInstanceOf(AdvxError)
  })
})

describe('where it is looked for', () => {
  const config = file({ image_mean: [0.5], image_std: [0.5] })
  test.each([
    [{ option: 'raw', beside: config, metadata: 'caffe' }, 'option', 'raw'],
    [{ beside: config, metadata: 'caffe' }, 'preprocessor_config.json', 'preprocessor_config'],
    [{ metadata: 'caffe' }, 'metadata', 'caffe'],
    [{ metadata: '{"image_mean": [0.5], "image_std": [0.5]}' }, 'metadata', 'preprocessor_config'],
    [{}, 'default', 'unit'],
  ])('%j', async (places, from, name) => {
    file({ image_mean: [0.5], image_std: [0.5] })
    const found = await findPreprocessing(places)
    expect([found.from, found.for(RGB).name]).toEqual([from, name])
    expect(found.notes).toHaveLength(from === 'default' ? 1 : 0)
  })

  test('what a plan recorded is taken back', async () => {
    const first = await option('caffe')
    const again = (await findPreprocessing({ option: JSON.parse(JSON.stringify(first.json)) })).for(RGB)
    expect(again.json).toEqual(first.json)
    expect(pixel(again, [0, 0.5, 1])).toEqual(pixel(first, [0, 0.5, 1]))
    await expect(findPreprocessing({ option: { name: 'x' } as never })).rejects.toThrow('earlier run')
  })

  test('a file that cannot be read', async () => {
    await expect(findPreprocessing({ beside: join(folder, 'gone.json') })).rejects.toThrow('ENOENT')
    await expect(findPreprocessing({ metadata: 'imagnet' })).rejects.toThrow('advx.preprocessing is no JSON')
  })
})
