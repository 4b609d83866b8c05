import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parseOnnx, readOnnx } from '../../../src/formats/onnx/read.ts'
import { writeOnnx } from '../../../src/formats/onnx/write.ts'
import { everything, file, graph, model, named, tensor } from './sample.ts'

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'advx-onnx-'))
  folder = join(root, 'model')
  mkdirSync(folder)
  writeFileSync(join(root, 'secret'), new Uint8Array(64))
})
afterEach(() => rmSync(root, { recursive: true }))

const path = () => join(folder, 'm.onnx')
const counting = (name: string, length: number) =>
  tensor(
    name,
    [length],
    Array.from({ length }, (_, i) => i),
  )

describe('writing', () => {
  test('large tensors go to the file beside the model, each on a page of its own', async () => {
    const big = model(graph({ initializers: named(counting('a', 300), counting('b', 255), counting('c', 256)) }))
    await writeOnnx(path(), big, { externalData: { file: 'm.data' } })
    expect(await readOnnx(path())).toEqual(big)
    expect(readdirSync(folder).sort()).toEqual(['m.data', 'm.onnx'])
    const data = readFileSync(join(folder, 'm.data'))
    expect(data).toHaveLength(4096 + 1024)
    expect(data.readFloatLE(4096 + 4)).toBe(1)
    expect(readFileSync(path()).length).toBeLessThan(2048)
  })

  test('every type of tensor', async () => {
    await writeOnnx(path(), everything, { externalData: { file: 'm.data', threshold: 0 } })
    expect(await readOnnx(path())).toEqual(everything)
  })

  test('without external data, one file; twice replaces it', async () => {
    await writeOnnx(path(), everything)
    await writeOnnx(path(), everything)
    expect(await readOnnx(path())).toEqual(everything)
    expect(readdirSync(folder)).toEqual(['m.onnx'])
  })

  test('into a folder that is not there', async () => {
    const missing = join(folder, 'none', 'm.onnx')
    await expect(writeOnnx(missing, everything)).rejects.toMatchObject({
      fault: 'output',
      message: expect.stringMatching(/ENOENT/),
    })
  })

  test.each(['../m.data', 'sub/m.data', 'm.onnx'])('external data to %s is refused', async name => {
    const wrong = writeOnnx(path(), everything, { externalData: { file: name } })
    await expect(wrong).rejects.toMatchObject({ fault: 'usage' })
    expect(readdirSync(folder)).toEqual([])
  })
})

/** A model with one tensor of four bytes, at this place. */
function write(place: Record<string, string>, dims = [4]): void {
  const externalData = Object.entries(place).map(([key, value]) => ({ key, value }))
  writeFileSync(path(), file({ initializer: [{ name: 'w', dims, dataType: 2, dataLocation: 1, externalData }] }))
}
const refused = (message: RegExp) =>
  expect(readOnnx(path())).rejects.toMatchObject({ fault: 'model', message: expect.stringMatching(message) })

describe('places that are fine', () => {
  beforeEach(() =>
    writeFileSync(
      join(folder, 'w.bin'),
      Uint8Array.from({ length: 8 }, (_, i) => i),
    ),
  )
  const data = async () => (await readOnnx(path())).graph.initializers.get('w')!.data

  test('offset and length', async () => {
    write({ location: 'w.bin', offset: '3', length: '4', checksum: 'whatever' })
    expect(await data()).toEqual(Uint8Array.of(3, 4, 5, 6))
  })

  test('neither: as many bytes as the shape needs', async () => {
    write({ location: './w.bin' })
    expect(await data()).toEqual(Uint8Array.of(0, 1, 2, 3))
  })

  test('a folder below', async () => {
    mkdirSync(join(folder, 'below'))
    symlinkSync(join(folder, 'w.bin'), join(folder, 'below', 'link'))
    write({ location: 'below/link' })
    expect(await data()).toEqual(Uint8Array.of(0, 1, 2, 3))
  })

  test('a cache: model and data are both links into another folder', async () => {
    write({ location: 'w.bin' })
    const snapshot = join(root, 'snapshot')
    mkdirSync(snapshot)
    for (const name of ['m.onnx', 'w.bin']) symlinkSync(join(folder, name), join(snapshot, name))
    const { graph } = await readOnnx(join(snapshot, 'm.onnx'))
    expect(graph.initializers.get('w')!.data).toEqual(Uint8Array.of(0, 1, 2, 3))
  })
})

describe('places that are refused', () => {
  beforeEach(() => writeFileSync(join(folder, 'w.bin'), new Uint8Array(8)))

  const cases: [what: string, place: Record<string, string>, message: RegExp][] = [
    ['the folder above', { location: '../secret' }, /file in the model's folder/],
    ['the folder above, by a detour', { location: 'x/../../secret' }, /file in the model's folder/],
    ['backslashes', { location: '..\\secret' }, /file in the model's folder/],
    ['an absolute path', { location: '/etc/passwd' }, /file in the model's folder/],
    ['no location', { offset: '0' }, /file in the model's folder/],
    ['the folder itself', { location: '.' }, /file in the model's folder/],
    ['a NUL', { location: 'w.bin\0.png' }, /file in the model's folder/],
    ['an offset beyond the end', { location: 'w.bin', offset: '6' }, /only 8 bytes.*wants 4 from byte 6/],
    ['a negative offset', { location: 'w.bin', offset: '-4' }, /number of bytes/],
    ['an offset beyond all numbers', { location: 'w.bin', offset: '9'.repeat(400) }, /number of bytes/],
    ["a length that is not the shape's", { location: 'w.bin', length: '8' }, /Expected 4 bytes.*got 8/],
    ['a file that is missing', { location: 'gone.bin' }, /tensor 'w'.*gone.bin'.*ENOENT/],
  ]
  test.each(cases)('%s', async (_, place, message) => {
    write(place)
    await refused(message)
  })

  test.each(['secret', 'link to a folder'])('a link to %s', async what => {
    symlinkSync(what === 'secret' ? join(root, 'secret') : root, join(folder, 'out'))
    write({ location: what === 'secret' ? 'out' : 'out/secret' })
    await refused(/file in the model's folder/)
  })

  test('the folder as another name begins like it', async () => {
    mkdirSync(`${folder}2`)
    writeFileSync(join(`${folder}2`, 'w.bin'), new Uint8Array(8))
    symlinkSync(`${folder}2`, join(folder, 'next'))
    write({ location: 'next/w.bin' })
    await refused(/file in the model's folder/)
  })

  test('more than the file has, before anything is allocated', async () => {
    write({ location: 'w.bin' }, [2 ** 50])
    await refused(/only 8 bytes/)
  })

  test('more than 4 GiB, even where a sparse file has them', async () => {
    truncateSync(join(folder, 'w.bin'), 2 ** 33)
    write({ location: 'w.bin' }, [2 ** 32 + 1])
    await refused(/more than 4 GiB/)
  })

  test('the same bytes again and again', async () => {
    const one = { dims: [8], dataType: 2, dataLocation: 1, externalData: [{ key: 'location', value: 'w.bin' }] }
    writeFileSync(
      path(),
      file({
        initializer: [
          { name: 'a', ...one },
          { name: 'b', ...one },
        ],
      }),
    )
    await refused(/tensor 'b' overlaps others/)
  })

  test('a model without a folder', () => {
    write({ location: 'w.bin' })
    expect(() => parseOnnx(readFileSync(path()))).toThrow(/'w.bin'.*came without a folder/)
  })
})
