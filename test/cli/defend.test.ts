import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Verdict } from '../../src/engine/verdict.ts'
import { readOnnx } from '../../src/formats/onnx/read.ts'
import { encodeOnnx } from '../../src/formats/onnx/write.ts'
import { packagedModels } from '../../src/models/embedded.ts'
import { folderOf } from '../io/folder.ts'
import { floats, ints, node, smallModel } from '../models/import/small-model.ts'
import { advx, images } from './process.ts'

let cwd = ''
const plain = 'plain.onnx'
beforeAll(async () => {
  cwd = await folderOf()
  await copyFile(join(packagedModels(), 'fashion-resnet.onnx'), join(cwd, plain))
})

/** Few steps and queries: what is looked for shows at once. */
const FEW = [
  '--auto.steps',
  '5',
  '--auto.queries',
  '20',
  '--square.queries',
  '50',
  '--fmn.steps',
  '20',
  '--limit',
  '12',
]
const verdictOf = async (out: string): Promise<Verdict> =>
  JSON.parse(await readFile(join(cwd, out, 'verdict.json'), 'utf8'))

describe('a defense at inference', () => {
  test('is written, attacked before and after, and reported', async () => {
    const made = await advx(['defend', 'median-smoothing', '-m', plain, '-o', 'smooth.onnx', '--window', '3'], { cwd })
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^smooth\.onnx: Median Smoothing \(window 3\)\.\n$/),
    })
    expect(made.stderr).toContain('No --data: nothing was attacked')
    const judged = await advx(['verdict', images, '-m', 'smooth.onnx', '--before', plain, '-o', 'v', ...FEW], { cwd })
    expect(judged.code).toBe(0)
    expect(judged.stdout).toMatch(/^Robust accuracy at Linf 8\/255 +\d/m)
    const { before, after, signs } = await verdictOf('v')
    expect(Object.keys(after.success)).toEqual(['auto', 'fgsm', 'pgd', 'square'])
    expect([before!.pictures, after.pictures]).toEqual([12, 12])
    expect(before!.sha256).not.toBe(after.sha256)
    expect(signs.map(sign => sign.id)).toEqual(['V03', 'V04', 'V08', 'V12', 'V20', 'V22', 'V25', 'V26', 'V43'])
    expect(await readFile(join(cwd, 'v', 'verdict.html'), 'utf8')).toContain('smooth.onnx')
  }, 300_000)

  test('a picture of few levels is masking, which the attacks pass', async () => {
    await advx(['defend', 'bit-depth', '-m', plain, '-o', 'bits.onnx', '--bits', '5'], { cwd })
    await advx(['verdict', images, '-m', 'bits.onnx', '-o', 'few', ...FEW], { cwd })
    const { masking, conclusion, after } = await verdictOf('few')
    expect(masking).toBe(true)
    expect(conclusion).toMatch(/^Masking, not robustness \(V08\)/)
    expect(after.success.pgd!.value).toBeGreaterThan(0.5)
  }, 300_000)
})

test('logits times 1000 into a softmax are masking', async () => {
  const { graph, ...rest } = await readOnnx(join(cwd, plain))
  const [{ name }] = graph.outputs
  const nodes = [
    ...graph.nodes,
    node('Mul', `${name}, thousand -> scaled`),
    node('Softmax', 'scaled -> sure', { axis: 1 }),
  ]
  const initializers = new Map([...graph.initializers, ['thousand', { ...floats([], [1000]), name: 'thousand' }]])
  const outputs = [{ ...graph.outputs[0], name: 'sure' }]
  await writeFile(join(cwd, 'sure.onnx'), encodeOnnx({ ...rest, graph: { ...graph, nodes, initializers, outputs } }))
  const { code, stdout } = await advx(['verdict', images, '-m', 'sure.onnx', '--before', plain, '-o', 's', ...FEW], {
    cwd,
  })
  expect(code).toBe(0)
  const { masking, signs, after } = await verdictOf('s')
  expect(masking).toBe(true)
  expect(signs.find(sign => sign.id === 'V12')).toMatchObject({ before: { masks: false }, after: { masks: true } })
  expect(after.success.fgsm!.value).toBe(0)
  expect(after.success.pgd!.value).toBeGreaterThan(0.5)
  expect(stdout).toMatch(/^Masking, not robustness \(.*V12/m)
}, 300_000)

test('a parameter of another defense, and no such defense', async () => {
  const defend = (...args: readonly string[]) => advx(['defend', ...args, '-m', plain, '-o', 'no.onnx'], { cwd })
  expect(await defend('bit-depth', '--window', '3')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/a parameter of the chosen defenses \(--bits\) but got --window/),
  })
  expect(await defend('bits')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/a defense \(.*\) for <method> but got 'bits'/),
  })
  expect(await advx(['defend', 'bit-depth'], { cwd })).toMatchObject({ code: 2 })
})

describe('a defense by training', () => {
  test('writes the model as it learned, and says what was tried on other pictures', async () => {
    const args = ['-m', plain, '--data', images, '--epochs', '1', '-b', '20', '--no-flip', '-o', 'trained.onnx']
    const made = await advx(['defend', 'adversarial-training', ...args, '--steps', '2', '--eps', '0.1'], { cwd })
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^trained\.onnx: Adversarial Training \(Linf 0\.1, steps 2, /),
    })
    expect(made.stderr).toMatch(/Epoch 1\/1: loss/)
    expect(made.stderr).toContain('No --test: nothing was attacked')
    const [before, after] = await Promise.all([plain, 'trained.onnx'].map(name => readOnnx(join(cwd, name))))
    expect(JSON.parse(after.metadata.get('advx.classes')!)).toEqual(JSON.parse(before.metadata.get('advx.classes')!))
    expect(await advx(['attack', images, '-m', 'trained.onnx', '--limit', '2', '-o', 'at'], { cwd })).toMatchObject({
      code: 0,
    })
  }, 300_000)

  test.each<[string, readonly string[], RegExp]>([
    ['without pictures', ['trades'], /pictures to learn from for --data/],
    ['with eps 0', ['trades', '--data', images, '--eps', '0'], /a number above 0 for --eps but got 0/],
    [
      'in a norm that it has not',
      ['trades', '--data', images, '--norm', 'l0'],
      /one of linf, l2 for --norm with trades but got/,
    ],
    [
      'that trains nothing, with epochs',
      ['bit-depth', '--epochs', '3'],
      /no option of training for bit-depth but got '?--epochs/,
    ],
    [
      'of a model without weights',
      ['trades', '--data', images, '-m', 'empty.onnx'],
      /has no weights that can be trained/,
    ],
    [
      'that learns too fast, where clipped activations keep the loss finite',
      ['label-smoothing', '--data', images, '-m', 'fashion-mobilenet', '--lr', '1e9', '--epochs', '1'],
      /Training diverged: it ends at a loss of .*where guessing has 2\.3\. Try a tenth of --lr/,
    ],
  ])('%s', async (_, args, message) => {
    const nodes = [node('Flatten', 'x -> f'), node('Slice', 'f, from, to, axis -> y')]
    const weights = { from: ints([0]), to: ints([10]), axis: ints([1]) }
    const { metadata } = await readOnnx(join(cwd, plain))
    const nothing = { ...smallModel({ input: ['N', 1, 28, 28], nodes, weights }), metadata }
    await writeFile(join(cwd, 'empty.onnx'), encodeOnnx(nothing))
    const model = args.includes('-m') ? [] : ['-m', plain]
    const { code, stderr } = await advx(['defend', ...args, ...model, '-o', 'no.onnx'], { cwd })
    expect({ code: code! > 0, stderr }).toEqual({ code: true, stderr: expect.stringMatching(message) })
  })
})

describe('features of a layer left out', () => {
  const cloak = (...more: readonly string[]) =>
    advx(['defend', 'deepcloak', '-m', plain, '--data', images, '--eps', '4/255', '-o', 'cloaked.onnx', ...more], {
      cwd,
    })

  test('the curve begins with all right and none, and the file has the mask in it', async () => {
    const { code, stdout, stderr } = await cloak('--layer', 'reshape_1', '--masked', '0.3')
    expect({ code, stderr: stderr.includes('No --test') }).toEqual({ code: 0, stderr: true })
    expect(stdout).toMatch(/^0\.0 % +100\.0 % +0\.0 %$/m)
    expect(stdout).toMatch(/^30\.0 % +\d/m)
    const { graph, metadata } = await readOnnx(join(cwd, 'cloaked.onnx'))
    const { data } = graph.initializers.get('reshape_1/mask')!
    const out = Array.from(data as Float32Array, v => 1 - v).reduce((a, b) => a + b)
    expect(out).toBe(Math.ceil(0.3 * data.length))
    expect(metadata.get('advx.classes')).toBeDefined()
    expect(await advx(['attack', images, '-m', 'cloaked.onnx', '--limit', '2', '-o', 'ca'], { cwd })).toMatchObject({
      code: 0,
    })
  }, 300_000)

  test('needs a layer that is there', async () => {
    expect(await cloak('--layer', 'reshap_1', '--force')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no value 'reshap_1' for --layer\. Close to it: 'reshape_1'/),
    })
    expect(await cloak('--force')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/the name of a layer for --layer/),
    })
  })
})
