import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Report } from '../../src/engine/options.ts'
import { encodePng } from '../../src/io/png.ts'
import { filesOf, graphWeights, node, placeholder, smallGraph, smallLayers } from '../formats/tfjs/sample.ts'
import { folderOf } from '../io/folder.ts'
import { uniform } from '../support/values.ts'
import { advx } from './process.ts'

// Models of TensorFlow.js at the command line: small ones of test/witness/tfjs.

let cwd = ''
beforeAll(async () => {
  cwd = await folderOf()
  for (const name of ['sequence', 'movements'])
    await cp(fileURLToPath(new URL(`../witness/tfjs/${name}`, import.meta.url)), join(cwd, name), { recursive: true })
  const draw = uniform(1)
  const picture = {
    height: 9,
    width: 7,
    channels: 3 as const,
    levels: Uint8Array.from({ length: 189 }, () => 256 * draw()),
  }
  for (const i of [0, 1]) await writeFile(join(cwd, `${i}.png`), await encodePng(picture))
})

describe('attack', () => {
  test.each(['sequence/model.json', 'movements'])('%s with pgd and deepfool', async model => {
    const out = `out-${model.split('/')[0]}`
    const options = ['-a', 'pgd,deepfool', '-e', '64/255', '--label-from', 'prediction', '--threads', '1', '-o', out]
    const { code, stdout, stderr } = await advx(['attack', '0.png', '-m', model, ...options, '--json'], { cwd })
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')])
    const report: Report = JSON.parse(stdout)
    expect(report.model).toMatchObject({ file: 'model.json' })
    expect(report.attacks.map(({ name }) => name)).toEqual(['pgd', 'deepfool'])
    expect(report.attacks.find(({ name }) => name === 'deepfool')?.success?.value).toBe(1)
    expect((await advx(['verify', out], { cwd })).code).toBe(0)
  })
})

describe('inspect', () => {
  test('says what a model is made of', async () => {
    const { code, stdout } = await advx(['inspect', 'sequence'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/Format +TensorFlow\.js, LayersModel, by Keras tfjs-layers/)
    expect(stdout).toContain('keras.SeparableConv2D 1')
    expect(stdout).toMatch(/Gradient +passes every operator/)
  })

  test('as JSON', async () => {
    const { stdout } = await advx(['inspect', 'movements/model.json', '--json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ format: 'tfjs', inputs: ["'x' float32 [?, 8, 6, 3]"], obstacle: null })
  })
})

describe('a model that cannot be used is exit 3', () => {
  const folderWith = async (files: Record<string, string | Uint8Array>): Promise<string> => folderOf(files)
  const graph = (...more: readonly object[]) => filesOf(smallGraph(...more), graphWeights)

  test.each<[string, Record<string, string | Uint8Array>, RegExp]>([
    [
      'an unknown operator',
      graph(node('odd', 'NonMaxSuppressionV5', ['y', 'axes'])),
      /node 'odd' \(NonMaxSuppressionV5\) from 'tensorflow' is not known/,
    ],
    [
      'an unknown layer',
      filesOf(smallLayers({ class_name: 'GRU', config: { name: 'memory' } }), [
        { ...graphWeights[1], name: 'dense/kernel' },
      ]),
      /node 'memory' \(GRU\) from 'keras' is not known/,
    ],
    [
      'a shard of another length',
      { ...graph(), 'weights.bin': new Uint8Array(5) },
      /Expected 32 bytes of weights.*'weights\.bin' but got 5/,
    ],
    [
      'a weight of an unknown type',
      filesOf(smallGraph(), [graphWeights[0], { ...graphWeights[1], dtype: 'complex64' }]),
      /Expected one of float32, int32, bool, uint8 for the dtype of the weight 'w' but got 'complex64'/,
    ],
    [
      'two pictures',
      filesOf({ node: [placeholder('x', -1, 6, 5, 3), placeholder('z', -1, 6, 5, 3), node('y', 'Add', ['x', 'z'])] }),
      /Several inputs take pictures/,
    ],
    ['a loop', graph(node('odd', 'StatelessWhile', ['y'])), /node 'odd' \(StatelessWhile\).*reads no loops/],
    ['a cycle', graph(node('a', 'Relu', ['b']), node('b', 'Relu', ['a'])), /cycle/],
  ])('%s', async (_, files, message) => {
    const folder = await folderWith(files)
    for (const args of [
      ['inspect', folder],
      ['attack', join(cwd, '0.png'), '-m', folder, '--label-from', 'prediction'],
    ]) {
      const { code, stdout, stderr } = await advx(args, { cwd })
      expect(code).toBe(3)
      expect(`${stdout}${stderr}`.replace(/\s+/g, ' ')).toMatch(message)
      expect(stderr).not.toMatch(/\n\s+at /)
    }
  })

  test('a shard that is missing, or lies elsewhere', async () => {
    const json = await readFile(join(cwd, 'movements', 'model.json'), 'utf8')
    for (const [path, message] of [
      ['gone', /cannot be read \(ENOENT\)/],
      ['../0.png', /Expected a file in the model's folder/],
    ] as const) {
      await writeFile(join(cwd, 'movements', 'other.json'), json.replace('group1-shard1of2', path))
      const { code, stderr } = await advx(['inspect', 'movements/other.json'], { cwd })
      expect([code, stderr]).toEqual([3, expect.stringMatching(message)])
    }
  })
})
