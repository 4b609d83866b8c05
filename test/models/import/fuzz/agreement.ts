import { evaluate } from '../../../../src/evaluate.ts'
import type { Executor } from '../../../../src/exec/executor.ts'
import { parseOnnx } from '../../../../src/formats/onnx/read.ts'
import { encodeOnnx } from '../../../../src/formats/onnx/write.ts'
import { backward } from '../../../../src/grad.ts'
import { type Imported, importOnnx } from '../../../../src/models/import/import-onnx.ts'
import { input, type Tensor } from '../../../../src/tensor.ts'
import { normals, uniform } from '../../../support/values.ts'
import { runtimeRows, softmax } from '../small-model.ts'
import type { Drawn } from './draw-net.ts'

/** How far what advx makes of a net lies from what it is; each figure is a share of the largest value. */
export interface Agreement {
  /** Scores by the float64 reference, of the imported graph, against ONNX Runtime's of the file. */
  readonly imported: number
  /** Scores of what advx compiles for ONNX Runtime, against ONNX Runtime's of the file. */
  readonly exported: number
  /** Gradient of what advx compiles, against the reference's: the middle one of three pictures. */
  readonly gradient: number
  /** The reference's gradient against finite differences: the worst of the pictures that lie on no kink. */
  readonly slope: number
  /** Pictures, of three, that lie on no kink. */
  readonly smooth: number
}

const PICTURES = 3

type Rows = readonly (readonly number[])[]

/** Reads the net's file, runs it in every way there is, and compares. */
export async function agreementOf({ seed, model, end }: Drawn, executor: Executor): Promise<Agreement> {
  const bytes = encodeOnnx(model)
  const imported = importOnnx(parseOnnx(bytes))
  const { channels, height, width, layout } = imported.picture
  const length = channels * height * width
  const next = uniform(seed + 0.5)
  const pictures = Array.from({ length: PICTURES }, () => Float32Array.from({ length }, () => 2 * next() - 1))

  const turned = (x: Float32Array): Float32Array =>
    x.map((_, i) => x[(i % channels) * height * width + Math.floor(i / channels)])
  const shape = layout === 'NHWC' ? [height, width, channels] : [channels, height, width]
  const wanted = await runtimeRows(bytes, layout === 'NHWC' ? pictures.map(turned) : pictures, shape)
  const ended = (rows: Rows): number[][] =>
    rows.map(row => {
      if (end === null) return [...row]
      return end === 'Softmax' ? softmax(row) : softmax(row).map(Math.log)
    })

  const own = byReference(imported, pictures)
  const compiled = await byExecutor(imported, pictures, executor)
  const slopes = finiteDifferences(imported, pictures, own.gradients, seed)
  return {
    imported: apart(ended(own.scores), wanted),
    exported: apart(ended(compiled.scores), wanted),
    gradient: middle(compiled.gradients.map((g, i) => distance(g, own.gradients[i]))),
    slope: Math.max(...slopes.filter(s => s !== null)),
    smooth: slopes.filter(s => s !== null).length,
  }
}

interface Found {
  readonly scores: number[][]
  /** Of the scores' projection along `along`, by pictures. */
  readonly gradients: number[][]
}

/** Scores and the gradient of their projection, ∇ₓ ⟨v, f(x)⟩, as tensors. */
function tensorsOf({ input: x, logits }: Imported): { v: Tensor; gradient: Tensor } {
  const v = input([1, logits.shape[1]], 'v')
  return { v, gradient: backward(logits.mul(v).sum(), [x])[0] }
}

/** One direction for the scores, the same for all pictures. */
const along = (classes: number): number[] => Array.from(normals(classes, 7), Math.fround)

/** All pictures together where the graph is made for it, else one after the other. */
function byReference(imported: Imported, pictures: readonly Float32Array[]): Found {
  const { input: x, logits } = imported
  const { v, gradient } = tensorsOf(imported)
  const [scores, gradients] = rowsOf(imported, pictures, all =>
    evaluate(
      [logits, gradient],
      new Map([
        [x, flat(all)],
        [v, along(logits.shape[1])],
      ]),
      all.length,
    ),
  )
  return { scores, gradients }
}

async function byExecutor(imported: Imported, pictures: readonly Float32Array[], executor: Executor): Promise<Found> {
  const { input: x, logits, batch } = imported
  const { v, gradient } = tensorsOf(imported)
  const program = await executor.open(
    await executor.compile({ inputs: { x, v }, outputs: { scores: logits, gradient } }),
  )
  const found: Found = { scores: [], gradients: [] }
  try {
    const direction = Float32Array.from(along(logits.shape[1]))
    const together = batch === 1 || program.signature.batch === 1 ? pictures.map(p => [p]) : [pictures]
    for (const some of together) {
      const { scores, gradient } = await program.run({ x: Float32Array.from(flat(some)), v: direction }, some.length)
      found.scores.push(...parts(scores, some.length))
      found.gradients.push(...parts(gradient, some.length))
    }
  } finally {
    await program.close()
  }
  return found
}

/**
 * How far ⟨∇ₓ ⟨v, f⟩, u⟩ is from its central difference, by pictures; null where the slopes before and behind differ
 * however small the step: on a kink.
 */
function finiteDifferences(
  imported: Imported,
  pictures: readonly Float32Array[],
  gradients: Rows,
  seed: number,
): (number | null)[] {
  const { input: x, logits } = imported
  const direction = along(logits.shape[1])
  const step = pictures.map((p, i) => normals(p.length, 31 * seed + i))
  const values = (h: number): number[] =>
    rowsOf(imported, pictures, (all, from) =>
      evaluate(
        [logits],
        new Map([[x, all.flatMap((p, i) => Array.from(p, (value, k) => value + h * step[from + i][k]))]]),
        all.length,
      ),
    )[0].map(row => row.reduce((total, z, k) => total + z * direction[k], 0))
  const still = values(0)
  const results: (number | null)[] = pictures.map(() => null)
  for (const h of [1e-5, 1e-6, 1e-7]) {
    const [up, down] = [values(h), values(-h)]
    for (const [i, g] of gradients.entries()) {
      const terms = g.map((value, k) => value * step[i][k])
      const exact = terms.reduce((a, b) => a + b, 0)
      const scale = Math.max(1e-3, norm(terms))
      const [before, behind] = [(still[i] - down[i]) / h, (up[i] - still[i]) / h]
      if (results[i] === null && Math.abs(before - behind) < 1e-3 * scale)
        results[i] = Math.abs((before + behind) / 2 - exact) / scale
    }
  }
  return results
}

/** What `run` gives for pictures, as rows: one list of rows for each of its outputs. */
function rowsOf(
  { batch }: Imported,
  pictures: readonly Float32Array[],
  run: (pictures: readonly Float32Array[], from: number) => Float64Array[],
): number[][][] {
  if (batch !== 1) return run(pictures, 0).map(values => parts(values, pictures.length))
  const alone = pictures.map((p, i) => run([p], i))
  return alone[0].map((_, k) => alone.map(outputs => Array.from(outputs[k])))
}

const flat = (pictures: readonly Float32Array[]): number[] => pictures.flatMap(p => Array.from(p))
const parts = (values: Float32Array | Float64Array, count: number): number[][] =>
  Array.from({ length: count }, (_, i) =>
    Array.from(values.slice((i * values.length) / count, ((i + 1) * values.length) / count)),
  )
const norm = (values: readonly number[]): number => Math.sqrt(values.reduce((total, v) => total + v * v, 0))

/** Of what is nothing but rounding errors, as the mean of centred values is, no share can be taken. */
const LEAST = 1e-2

const distance = (a: readonly number[], b: readonly number[]): number =>
  norm(a.map((v, i) => v - b[i])) / Math.max(LEAST, norm(b))

/** The largest difference of scores; infinite where one is not finite. */
function apart(a: Rows, b: Rows): number {
  const gaps = a.flatMap((row, i) => row.map((v, k) => Math.abs(v - b[i][k])))
  const scale = Math.max(LEAST, ...b.flat().map(Math.abs))
  return gaps.every(Number.isFinite) ? Math.max(...gaps) / scale : Infinity
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
