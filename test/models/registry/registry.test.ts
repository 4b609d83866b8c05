import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { findPreprocessing } from '../../../src/models/find-preprocessing.ts'
import { companions } from '../../../src/models/registry/cached-model.ts'
import { registeredModels } from '../../../src/models/registry/registry.ts'
import { folderOf } from '../../io/folder.ts'

describe('the registry of the package', () => {
  test('pins every file by the revision in its URL, length and sha256', async () => {
    const models = [...(await registeredModels({})).values()]
    expect(models.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['squeezenet1.1', 'mobilenetv2', 'resnet18', 'resnet34', 'resnet50', 'resnet101']),
    )
    for (const { url, revision, license, source, sha256 } of models) {
      expect(revision).toMatch(/^[0-9a-f]{40}$/)
      expect(url).toContain(`https://huggingface.co/`)
      expect(url).toContain(`/resolve/${revision}/`)
      expect({ license, source, sha256 }).toEqual({
        license: expect.any(String),
        source: expect.stringContaining('https://'),
        sha256: expect.any(String),
      })
    }
    expect(new Set(models.map(({ sha256 }) => sha256)).size).toBe(models.length)
  })

  test("says each model's classes and preprocessing, ImageNet's being those of the preset", async () => {
    for (const model of (await registeredModels({})).values()) {
      const config = JSON.parse((await companions(model)).get('config.json')!)
      expect(Object.keys(config.id2label)).toHaveLength(1000)
      expect(config.id2label[0]).toBe('tench, Tinca tinca')
      expect(config.id2label[999]).toContain('toilet tissue')
      const { name: _, ...recipe } = (await findPreprocessing({ option: model.preprocessing })).for(model.input).json
      const { name: __, ...preset } = (await findPreprocessing({ option: 'imagenet' })).for(model.input).json
      expect(recipe.geometry.resize).toEqual({ kind: 'shortest', edge: 256 })
      expect(recipe).toEqual(preset)
    }
  })
})

const entry = {
  name: 'mine',
  family: 'Mine',
  url: 'http://models.example/mine.onnx',
  sha256: 'ab'.repeat(32),
  bytes: 12,
  input: { channels: 1, height: 8, width: 9 },
  preprocessing: 'p.json',
  classes: 'c.txt',
}
const registry = async (value: unknown): Promise<string> =>
  join(await folderOf({ 'mine.json': JSON.stringify(value) }), 'mine.json')

describe('a registry of your own', () => {
  test('adds models, and replaces those of the same name', async () => {
    const models = [entry, { ...entry, name: 'resnet50', accuracy: { value: 0.5, on: 'pictures' }, revision: 'v1' }]
    const path = await registry({ schema: 1, models })
    const found = await registeredModels({ ADVX_REGISTRY: path })
    expect(found.size).toBe((await registeredModels({})).size + 1)
    const beside = (name: string): string => path.replace('mine.json', name)
    expect(found.get('mine')).toEqual({
      ...entry,
      revision: null,
      license: null,
      data: null,
      source: null,
      accuracy: null,
      preprocessing: beside('p.json'),
      classes: beside('c.txt'),
    })
    expect(found.get('resnet50')).toMatchObject({ url: entry.url, accuracy: { value: 0.5, source: null } })
  })

  test.each<[string, object, RegExp]>([
    [
      'a name that is a path',
      { name: '../mine' },
      /letters, digits, dots, dashes for 'name' of model 1 of .*mine.json/,
    ],
    ['no sha256', { sha256: undefined }, /Expected a text for 'sha256'/],
    ['a short sha256', { sha256: 'abc' }, /64 hexadecimal digits/],
    ['a length of 0', { bytes: 0 }, /whole number above 0 for 'bytes'/],
    ['a file URL', { url: 'file:///etc/passwd' }, /a URL of http or https/],
    ['a password', { url: 'https://a:b@c.example/' }, /without a password/],
    ['four channels', { input: { ...entry.input, channels: 4 } }, /1 or 3 for 'channels'/],
    ['no input', { input: 3 }, /"channels"/],
    ['accuracy in percent', { accuracy: { value: 74.9, on: 'x' } }, /a share of 0 to 1/],
    ['no classes', { classes: null }, /Expected a text for 'classes'/],
  ])('with %s is an error', async (_, change, message) => {
    const path = await registry({ schema: 1, models: [{ ...entry, ...change }] })
    await expect(registeredModels({ ADVX_REGISTRY: path })).rejects.toMatchObject({
      fault: 'usage',
      message: expect.stringMatching(message),
    })
  })

  test('of another form is an error', async () => {
    const at = async (value: unknown) => registeredModels({ ADVX_REGISTRY: await registry(value) })
    await expect(at({ schema: 2, models: [] })).rejects.toThrow("for 'schema'")
    await expect(at({ schema: 1, models: {} })).rejects.toThrow("a list of objects for 'models'")
    await expect(at([])).rejects.toThrow('a JSON object')
    await expect(registeredModels({ ADVX_REGISTRY: '/gone.json' })).rejects.toThrow('cannot be read (ENOENT)')
  })
})
