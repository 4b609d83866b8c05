import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { oneHot } from '../../src/engine/decision.ts'
import { toUnit } from '../../src/engine/lattice.ts'
import { forwardOf, gradientOf } from '../../src/engine/trace.ts'
import type { Executor, Program } from '../../src/exec/executor.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { reference } from '../../src/exec/reference.ts'
import type { Picture } from '../../src/io/picture.ts'
import { loadModel } from '../../src/models/load.ts'
import { describeWith } from '../support/shared-data.ts'
import {
  cifar10,
  type Figures,
  fashionInception,
  fashionMobilenet,
  fashionResnet,
  figuresOf,
  robustMnist,
  type Slope,
  type Witness,
} from './figures.ts'

// Logits and gradients of whole models against PyTorch's: the logits in float32, the gradients in float64.

const onCpu = cpu()
afterAll(() => onCpu.close())

/** Bounds on ‖ours − theirs‖ / ‖theirs‖. */
interface Bounds {
  readonly logits: number
  readonly gradient: number
}
// The stored figures have seven digits and the logits are float32's.
const exact: Bounds = { logits: 3e-6, gradient: 1e-5 }
// A ReLU near 0 that float32 turns the other way changes some values of a gradient much, its length little.
const float32: Bounds = { logits: 1e-5, gradient: 1e-4 }

for (const witness of [fashionResnet, fashionMobilenet, fashionInception, cifar10, robustMnist]) {
  compare(witness, reference, exact)
  compare(witness, onCpu, float32)
}

function compare({ name, model, preprocess, needs, pictures }: Witness, executor: Executor, bounds: Bounds): void {
  describeWith(...needs)(`${name} on ${executor.name}`, () => {
    let forward: Program
    let backward: Program
    let figures: Figures
    let levels: readonly Picture[]
    beforeAll(async () => {
      const { sha256, graph, classes, logits, constants } = await loadModel(model, { preprocess })
      figures = figuresOf(sha256)
      const given = await pictures(figures)
      expect(given.labels).toEqual(figures.labels)
      levels = given.pictures
      const target = { shape: graph.input.shape, classes: classes.length, logits, constants }
      forward = await executor.open(await executor.compile(forwardOf(target)))
      backward = await executor.open(await executor.compile(gradientOf(target, false)))
    })
    afterAll(() => Promise.all([forward, backward].map(program => program.close())))

    test('logits', async () => {
      for (const [image, wanted] of Object.entries(figures.logits)) {
        const { logits } = await forward.run({ x: toUnit(levels[Number(image)].levels) }, 1)
        expect(apart(logits, wanted)).toBeLessThan(bounds.logits)
      }
    })

    test('gradients of the cross-entropy', async () => {
      for (const slope of figures.gradient) {
        const label = figures.labels[slope.image]
        const { moved = 0 } = slope
        const x = toUnit(levels[slope.image].levels).map((v, i) => v + moved * Math.sin(i + 1))
        const given = { x, y: oneHot(label, 10) }
        const { logits, gradient } = await backward.run(given, 1)
        check(slope, crossEntropy(logits, label), gradient)
      }
    })

    function check({ crossEntropy, l2, projection, values }: Slope, loss: number, gradient: Float32Array): void {
      expect(Math.abs(loss / crossEntropy - 1)).toBeLessThan(10 * bounds.logits)
      expect(Math.abs(length(gradient) / l2 - 1)).toBeLessThan(bounds.gradient)
      // Σ gᵢ sin(i + 1) is as uncertain as a part of g as long as the sine's, ‖sin‖ = √(D/2).
      const along = gradient.reduce((sum, g, i) => sum + g * Math.sin(i + 1), 0)
      expect(Math.abs(along - projection)).toBeLessThan(bounds.gradient * l2 * Math.sqrt(gradient.length / 2))
      if (values) expect(apart(gradient, values)).toBeLessThan(bounds.gradient)
    }
  })
}

const length = (v: ArrayLike<number>): number => Math.hypot(...Array.from(v))

/** ‖a − b‖₂ / ‖b‖₂ */
function apart(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  return length(b.map((v, i) => a[i] - v)) / length(b)
}

/** −log softmax(z)_k */
const crossEntropy = (z: Float32Array, k: number): number => Math.log(z.reduce((sum, v) => sum + Math.exp(v - z[k]), 0))
