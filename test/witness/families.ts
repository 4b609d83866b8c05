import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Picture } from '../../src/io/picture.ts'
import { uniform } from '../support/values.ts'

/** A file that make-families.py wrote, and what PyTorch says of it; its docstring says what the fields mean. */
export interface Family {
  readonly name: string
  readonly path: string
  readonly size: number
  readonly classes: number
  readonly preprocessing: string
  readonly exporter: string
  readonly opset: number
  readonly parameters: number
  readonly operators: Readonly<Record<string, number>>
  readonly predictions: readonly number[]
  readonly witnesses: readonly FamilyWitness[]
}

export interface FamilyWitness {
  readonly picture: number
  readonly logits: readonly number[]
  readonly l2: number
  readonly projections: readonly number[]
  readonly float32: number
}

/** The families whose files are in a folder, as its families.json lists them. */
export function familiesIn(folder: string): readonly Family[] {
  const { files } = JSON.parse(readFileSync(join(folder, 'families.json'), 'utf8')) as { files: Record<string, Family> }
  return Object.entries(files)
    .map(([name, family]) => ({ ...family, name, path: join(folder, `${name}.onnx`) }))
    .filter(({ path }) => existsSync(path))
}

export const committed: readonly Family[] = familiesIn(fileURLToPath(new URL('families', import.meta.url)))

const WAVES = 3

/** The picture of a seed as families/pictures.py makes it: triangular waves and noise. */
export function familyPicture(seed: number, size: number): Picture {
  const next = uniform(seed)
  const waves = Array.from({ length: 3 }, () =>
    Array.from({ length: WAVES }, () => [
      Math.floor(13 * next()) - 6,
      Math.floor(13 * next()) - 6,
      Math.floor(512 * next()),
    ]),
  )
  const levels = Uint8Array.from({ length: 3 * size * size }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (size * size)), Math.floor(i / size) % size, i % size]
    const heights = waves[c].map(([a, b, phase]) => {
      const along = Math.floor(((a * y + b * x) * 256) / size) + phase
      return Math.abs((((along % 512) + 512) % 512) - 256)
    })
    const noise = Math.floor(33 * next()) - 16
    return Math.min(Math.max(Math.floor(heights.reduce((sum, h) => sum + h, 0) / WAVES) + noise, 0), 255)
  })
  return { height: size, width: size, channels: 3, levels }
}

/** An estimate of ‖gradient − PyTorch's‖ / ‖PyTorch's‖ from random projections, right to some 10 %. */
export function apartFrom({ projections, l2 }: FamilyWitness, gradient: Float32Array): number {
  const squares = projections.map((theirs, j) => {
    const next = uniform(1000 + j)
    return (gradient.reduce((sum, g) => sum + (next() < 0.5 ? -g : g), 0) - theirs) ** 2
  })
  return Math.sqrt(squares.reduce((sum, s) => sum + s, 0) / squares.length) / l2
}
