import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Report } from '../../src/engine/options.ts'
import { encodeOnnx } from '../../src/formats/onnx/write.ts'
import { folderOf } from '../io/folder.ts'
import { floats, fn, node, type Small, smallModel } from '../models/import/small-model.ts'
import { advx, images } from './process.ts'

// Whole runs over files that are not one network with one row of scores.

let cwd = ''
beforeAll(async () => {
  cwd = await folderOf()
})

const input = ['N', 1, 28, 28]

async function save(name: string, small: Small, outputs?: readonly string[]): Promise<string> {
  const model = smallModel({ input, ...small })
  const named = outputs?.map(output => ({ name: output, type: 'float32', dims: ['N', 3] }))
  const graph = named ? { ...model.graph, outputs: named } : model.graph
  await writeFile(join(cwd, name), encodeOnnx({ ...model, graph }))
  return name
}

const json = async <T>(...path: string[]): Promise<T> => JSON.parse(await readFile(join(cwd, ...path), 'utf8'))
const attack = (model: string, out: string, ...more: readonly string[]) =>
  advx(['attack', images, '-m', model, '--limit', '3', '--steps', '3', '-o', out, ...more], { cwd })

describe('several outputs', () => {
  const outputs = ['aux_logits', 'main']
  const small: Small = {
    nodes: [
      node('Flatten', 'x -> f'),
      node('Gemm', 'f, v -> aux_logits'),
      node('Gemm', 'f, w -> h'),
      node('Tanh', 'h -> main'),
    ],
    weights: {
      v: floats([784, 3]),
      w: floats(
        [784, 3],
        Array.from({ length: 2352 }, (_, i) => Math.sin(3 * i) / 9),
      ),
    },
  }

  test('one is found, another is taken where --output says so; verify and a second run go by the plan', async () => {
    const model = await save('two.onnx', small, outputs)
    expect(await attack(model, 'found')).toMatchObject({ code: 0 })
    const plan = await json<{ output: string }>('found', 'plan.json')
    expect(plan.output).toBe('main')
    const other = await attack(model, 'other', '--output', 'aux_logits')
    expect(other).toMatchObject({ code: 0 })
    expect(await json<Report>('other', 'report.json')).toMatchObject({
      model: {
        output: 'aux_logits',
        notes: expect.arrayContaining([expect.stringContaining("the output 'aux_logits'")]),
      },
    })
    const results = (out: string) => readFile(join(cwd, out, 'results.jsonl'), 'utf8')
    expect(await results('other')).not.toBe(await results('found'))
    expect(await advx(['verify', 'other'], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('All hold'),
    })

    const before = await results('other')
    expect(await attack(model, 'other', '--output', 'aux_logits')).toMatchObject({ code: 0 })
    expect(await results('other')).toBe(before)
    const changed = await attack(model, 'other')
    expect(changed.code).toBe(2)
    expect(changed.stderr).toContain('output: "aux_logits" there, "main" now')
  })

  test('one that is not there is wrong use', async () => {
    const model = await save('two.onnx', small, outputs)
    const { code, stderr } = await attack(model, 'none', '--output', 'mian')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/no output 'mian'. Its outputs are: 'aux_logits', 'main'. Did you mean 'main'\?/),
    })
  })

  test('inspect says which, and of a value inside', async () => {
    const model = await save('two.onnx', small, outputs)
    const { stdout } = await advx(['inspect', model], { cwd })
    expect(stdout).toMatch(/^Outputs +'aux_logits' float32 \[N, 3\], 'main' float32 \[N, 3\]$/m)
    expect(stdout).toMatch(/^Scores +'main'$/m)
    const inside = JSON.parse((await advx(['inspect', model, '--output', 'h', '--json'], { cwd })).stdout)
    expect(inside.classifier.output).toBe('h')
  })
})

test('one number a picture is attacked as two classes', async () => {
  const model = await save('single.onnx', {
    nodes: [node('Flatten', 'x -> f'), node('Gemm', 'f, w -> z'), node('Sigmoid', 'z -> y')],
    weights: {
      w: floats(
        [784, 1],
        Array.from({ length: 784 }, (_, i) => Math.sin(3 * i) / 9),
      ),
    },
  })
  expect(await attack(model, 'single')).toMatchObject({ code: 0 })
  expect((await json<Report>('single', 'report.json')).model).toMatchObject({ classes: 2 })
  expect(await advx(['verify', 'single'], { cwd })).toMatchObject({ code: 0 })
  const { stdout } = await advx(['inspect', model], { cwd })
  expect(stdout).toMatch(/^Classes +2 /m)
  expect(stdout).toMatch(/the Sigmoid's argument z is taken as the logit of class 1/)
})

test('a quantised network of functions is attacked, and what rounds is named', async () => {
  const quantise = fn('my.FakeQuantise: x, s, z -> y', [
    node('QuantizeLinear', 'x, s, z -> q'),
    node('DequantizeLinear', 'q, s, z -> y'),
  ])
  const model = await save('quantised.onnx', {
    functions: [quantise],
    nodes: [
      node('my.FakeQuantise', 'x, s, z -> a'),
      node('Conv', 'a, w -> b', { strides: [3, 3] }),
      node('Relu', 'b -> c'),
      node('my.FakeQuantise', 'c, s, z -> d'),
      node('Flatten', 'd -> f'),
      node('Gemm', 'f, v -> y'),
    ],
    weights: {
      s: floats([], [1 / 255]),
      z: { name: '', dims: [], type: 'uint8', data: Uint8Array.of(0) },
      w: floats([4, 1, 4, 4]),
      v: floats([324, 5]),
    },
  })
  expect(await attack(model, 'rounded')).toMatchObject({ code: 0 })
  const { model: facts, attacks } = await json<Report>('rounded', 'report.json')
  expect(facts.notes).toContain('2 quantised operators: gradients pass straight through their rounding.')
  expect(attacks[0].gradients).toBeGreaterThan(0)
  expect(await advx(['verify', 'rounded'], { cwd })).toMatchObject({ code: 0 })
  const { stdout } = await advx(['inspect', model], { cwd })
  expect(stdout).toMatch(
    /^Operators +DequantizeLinear 2, QuantizeLinear 2 \(straight-through\), Conv 1, Flatten 1, Gemm 1, Relu 1$/m,
  )
  expect(stdout).toMatch(/^Gradient +passes straight through the rounding of: QuantizeLinear$/m)
})

test('what no gradient passes is said, and is no model to attack', async () => {
  const model = await save('steps.onnx', {
    nodes: [node('Flatten', 'x -> f'), node('Sign', 'f -> g'), node('Gemm', 'g, w -> y')],
    weights: { w: floats([784, 3]) },
  })
  const { code, stdout } = await advx(['inspect', model], { cwd })
  expect(code).toBe(3)
  expect(stdout).toMatch(/^Operators .*Sign 1 \(no gradient\)/m)
  expect(stdout).toMatch(/^Gradient +does not pass: Sign$/m)
  expect(await attack(model, 'steps')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/steps\.onnx: No gradient reaches the picture. advx inspect says where it ends/),
  })
  expect(stdout).toContain('It cannot be attacked: No gradient reaches the picture: every way leads through Sign.')
})

test('a picture that is rounded can be attacked all the same, and the report says so', async () => {
  const model = await save('eighths.onnx', {
    nodes: [
      node('Mul', 'x, k -> m'),
      node('Floor', 'm -> s'),
      node('Div', 's, k -> d'),
      node('Flatten', 'd -> f'),
      node('Gemm', 'f, w -> y'),
    ],
    weights: { k: floats([], [7.5]), w: floats([784, 3]) },
  })
  const { stdout } = await advx(['inspect', model], { cwd })
  expect(stdout).toMatch(/^Gradient +passes straight through the rounding of: Floor$/m)
  expect(await attack(model, 'eighths')).toMatchObject({ code: 0 })
  const { attacks, checks } = await json<Report>('eighths', 'report.json')
  expect(attacks[0].success!.value).toBeGreaterThan(0)
  expect(checks.find(check => check.id === 'V08')).toMatchObject({ status: 'warn' })
})
