import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { argmax } from '../../src/engine/decision.ts'
import { toUnit } from '../../src/engine/lattice.ts'
import type { Program, Values } from '../../src/exec/executor.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { grad } from '../../src/grad.ts'
import { type Classifier, loadModel } from '../../src/models/load.ts'
import { input } from '../../src/tensor.ts'
import { describeWith, shared } from '../support/shared-data.ts'
import { normals, uniform } from '../support/values.ts'
import { CASES, type Case, type Given, needs, type Original, openOriginal, picturesFor } from './shared-data-cases.ts'

// Models as their makers left them, against the same files in ONNX Runtime and the figures that are known of them.

const executor = cpu()
afterAll(() => executor.close())

for (const one of CASES) describeWith(...needs(one))(one.file, () => examine(one))

function examine(one: Case): void {
  let model: Classifier
  let given: Given
  let original: Original
  let forward: Program
  let slopes: Program
  beforeAll(async () => {
    model = await loadModel(shared(`onnx/${one.file}`), { preprocess: one.preprocess })
    given = await picturesFor(one, model)
    original = await openOriginal(one, model)
    const { input: x, logits } = model.graph
    const weights = input([x.shape[0], model.classes.length], 'weights')
    const slope = grad(at => model.logits(at).mul(weights).sum([1]))(x)
    forward = await executor.open(await executor.compile({ inputs: { x }, outputs: { logits } }))
    slopes = await executor.open(await executor.compile({ inputs: { x, weights }, outputs: { slope } }))
  })
  afterAll(() => Promise.all([forward, slopes, original].map(session => session.close())))

  const logitsOf = async (x: Float32Array): Promise<Float32Array> => (await forward.run({ x }, 1)).logits

  if (one.accuracy !== undefined || one.expected)
    test(one.expected ? 'takes every picture for what is known' : `is right in ${one.accuracy} %`, async () => {
      let right = 0
      for (const [i, levels] of given.levels.entries())
        if (argmax(await logitsOf(toUnit(levels))) === given.classes[i]) right++
      expect(Math.abs((100 * right) / given.levels.length - (one.accuracy ?? 100))).toBeLessThanOrEqual(0.5)
    })

  test('gives what its file gives', async () => {
    for (const levels of given.levels.slice(0, 4)) {
      const theirs = await original.scores(levels)
      const logits = await logitsOf(toUnit(levels))
      expect(logits.length).toBe(theirs.length)
      expect(apart(one.softmax ? softmax(logits) : logits, theirs)).toBeLessThan(1e-4)
      // Probabilities hide most of the logits: their logarithms show them, but for a constant.
      if (one.softmax) expect(apart(fromTop(logits), fromTop(theirs.map(Math.log)))).toBeLessThan(1e-4)
    }
  })

  test('has the slopes of its file', async () => {
    for (const levels of await leastSure(2)) {
      // Off the levels: where neighbours are equal a maximum is tied, and there is no slope.
      const next = uniform(3)
      const picture = Float64Array.from(levels, v => v + next() - 0.5)
      const x = Float32Array.from(picture, v => v / 255)
      const [first, second] = byLogit(await logitsOf(x))
      const weights = new Float32Array(model.classes.length)
      weights[first] = 1
      weights[second] = -1
      const { slope } = await slopes.run({ x, weights }, 1)
      const lead = async (along: Float64Array, h: number): Promise<number> => {
        const scores = await original.scores(picture.map((v, i) => v + 255 * h * along[i]))
        return one.softmax ? Math.log(scores[first] / scores[second]) : scores[first] - scores[second]
      }
      const length = Math.sqrt(slope.reduce((sum, g) => sum + g * g, 0))
      for (const along of [Float64Array.from(slope, Math.sign), normals(slope.length, 4)]) {
        const exact = slope.reduce((sum, g, i) => sum + g * along[i], 0)
        const tolerance = 0.02 * Math.abs(exact) + 0.05 * length
        // A short step drowns in float32's noise, a long one crosses kinks: one of three has to fit.
        let error = Infinity
        for (const h of [1e-5, 4e-6, 4e-5])
          if (error >= tolerance) error = Math.abs(((await lead(along, h)) - (await lead(along, -h))) / (2 * h) - exact)
        expect(error).toBeLessThan(tolerance)
      }
    }
  })

  test('gives a picture the same bits in a batch as alone', async () => {
    const rows = given.levels.slice(0, 3).map((levels, i): Values => {
      const weights = new Float32Array(model.classes.length)
      weights[i % weights.length] = 1
      return { x: toUnit(levels), weights }
    })
    const batch = Object.fromEntries(['x', 'weights'].map(name => [name, joined(rows.map(row => row[name]))]))
    for (const [program, output] of [
      [forward, 'logits'],
      [slopes, 'slope'],
    ] as const) {
      const together = await program.run(batch, rows.length)
      const alone: Float32Array[] = []
      for (const row of rows) alone.push((await program.run(row, 1))[output])
      expect(Buffer.compare(bytesOf(together[output]), bytesOf(joined(alone)))).toBe(0)
    }
  })

  /** The pictures with the least lead of the first class over the second. */
  async function leastSure(count: number): Promise<Uint8Array[]> {
    const leads: [number, Uint8Array][] = []
    for (const levels of given.levels.slice(0, 8)) {
      const logits = await logitsOf(toUnit(levels))
      const [first, second] = byLogit(logits)
      leads.push([logits[first] - logits[second], levels])
    }
    return leads
      .sort(([a], [b]) => a - b)
      .slice(0, count)
      .map(([, levels]) => levels)
  }
}

const byLogit = (z: Float32Array): number[] => [...z.keys()].sort((a, b) => z[b] - z[a])

function softmax(z: Float32Array): Float32Array {
  const e = z.map(v => Math.exp(v - z[argmax(z)]))
  const total = e.reduce((a, b) => a + b, 0)
  return e.map(v => v / total)
}

/** How far each is below the largest; what is further than float32's probabilities reach is left out. */
const fromTop = (z: Float32Array): Float32Array => z.map(v => Math.max(v - z[argmax(z)], -60))

/** The largest difference, as a share of the largest value. */
function apart(a: Float32Array, b: Float32Array): number {
  const largest = (values: Float32Array): number => values.reduce((top, v) => Math.max(top, Math.abs(v)), 0)
  return largest(a.map((v, i) => v - b[i])) / Math.max(largest(b), 1e-3)
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * rows[0].length)
  for (const [i, row] of rows.entries()) all.set(row, i * row.length)
  return all
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
