import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { AdvxError } from '../../../src/errors.ts'
import { readTfjs } from '../../../src/formats/tfjs/read.ts'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { folderOf } from '../../io/folder.ts'
import { uniform } from '../../support/values.ts'

// Files of TensorFlow.js with something changed somewhere are read, or told to be wrong; nothing else happens.

const MUTANTS = Number(process.env.ADVX_MUTANTS ?? 150)
const STRANGE = [
  0,
  -1,
  1,
  2,
  3,
  7,
  1e9,
  -0.5,
  '',
  'x',
  'same',
  null,
  true,
  [],
  [0],
  [-1, 3],
  {},
  { class_name: 'Dense' },
]

type Place = { holder: Record<string, unknown>; key: string }

/** Every value of a JSON document, by where it is held. */
function places(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap(key => [{ holder, key }, ...places(holder[key])])
}

test.each(['sequence', 'joints', 'activations', 'convolutions', 'movements', 'elements'])(
  'mutants of %s',
  async name => {
    const folder = await folderOf()
    await cp(fileURLToPath(new URL(`../../witness/tfjs/${name}`, import.meta.url)), folder, { recursive: true })
    const path = join(folder, 'model.json')
    const original = await readFile(path, 'utf8')
    const draw = uniform(original.length)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]
    let refused = 0
    for (let i = 0; i < MUTANTS; i++) {
      const json = JSON.parse(original)
      for (let changes = 0; changes <= draw() * 2; changes++) {
        const all = places(json)
        const [{ holder, key }, other] = [pick(all), pick(all)]
        if (draw() < 0.2) delete holder[key]
        else if (draw() < 0.3) holder[key] = structuredClone(other.holder[other.key])
        else holder[key] = pick(STRANGE)
      }
      await writeFile(path, JSON.stringify(json))
      try {
        importOnnx(await readTfjs(path))
      } catch (error) {
        if (!(error instanceof AdvxError)) throw new Error(JSON.stringify(json).slice(0, 20_000), { cause: error })
        expect(error.fault).toBe('model')
        refused++
      }
    }
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThan(MUTANTS)
  },
)
