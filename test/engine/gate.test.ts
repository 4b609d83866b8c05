import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type RunOptions, runAttack } from 'advx'
import type { OnnxNode } from '../../src/formats/onnx/schema.ts'
import { encodeOnnx } from '../../src/formats/onnx/write.ts'
import { graph, model, named, node, tensor, value } from '../formats/onnx/sample.ts'

const images = [fileURLToPath(new URL('../../fixtures/images/bag', import.meta.url))]
let temporary: string
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'advx-gate-'))
})
afterAll(() => rm(temporary, { recursive: true, force: true }))

const [PIXELS, CLASSES, BAG] = [784, 10, 8]

/** A model that says `bag` of everything: some function of the pixels, each of which weighs so much for that class. */
async function saysBag(name: string, nodes: readonly OnnxNode[], weight: number): Promise<string> {
  const weights = Array.from({ length: PIXELS * CLASSES }, (_, i) => (i % CLASSES === BAG ? weight : 0))
  const file = join(temporary, `${name}.onnx`)
  const main = graph({
    nodes: [...nodes, node('Flatten', ['seen'], ['flat']), node('MatMul', ['flat', 'w'], ['y'])],
    initializers: named(tensor('w', [PIXELS, CLASSES], weights)),
    inputs: [value('x', ['N', 1, 28, 28])],
    outputs: [value('y', ['N', CLASSES])],
  })
  await writeFile(file, encodeOnnx(model(main)))
  return file
}

const gated = (name: string, options: Partial<RunOptions>) =>
  runAttack({
    images,
    limit: 4,
    preprocess: 'unit',
    attacks: ['fgsm'],
    labelFrom: 'prediction',
    failUnder: 0.5,
    out: join(temporary, name),
    ...options,
  })

describe('values that are not finite', () => {
  test('a picture without finite scores is failed, and no robustness', async () => {
    const nan = await saysBag('nan', [node('Identity', ['x'], ['seen'])], Number.NaN)
    await expect(gated('nan', { model: nan })).rejects.toMatchObject({
      fault: 'picture',
      message: expect.stringMatching(/^None of the 4 pictures can be used.*finite scores.*'0018.png'/),
    })
  })

  test('a gate does not pass by pictures that resist an attack which met them', async () => {
    const root = await saysBag('root', [node('Sqrt', ['x'], ['seen'])], 1) // its slope at black is infinite
    const { report, exitCode } = await gated('root', { model: root })
    expect(report.accuracy.robust).toMatchObject({ value: 1 })
    expect(report.gate).toEqual({ failUnder: 0.5, passed: false, unproven: 4 })
    expect(exitCode).toBe(1)
  })

  test('a finite model passes', async () => {
    const plain = await saysBag('plain', [node('Identity', ['x'], ['seen'])], 1)
    const { report } = await gated('plain', { model: plain, eps: [1 / 255] })
    expect(report.gate).toEqual({ failUnder: 0.5, passed: true })
  })
})

test.each([['ddn,pgd'], ['pgd,ddn']])(
  'attacks of several norms have no gate, whatever their order: %s',
  async names => {
    const run = { attacks: names.split(','), eps: [8 / 255] }
    await expect(gated(names, run)).rejects.toThrow(
      /^Expected attacks in one norm for --fail-under but got .*ddn in l2.*Give --norm, or run them apart/,
    )
    expect((await gated(`${names} in l2`, { ...run, norm: 'l2', failUnder: 0 })).exitCode).toBe(0)
  },
)
