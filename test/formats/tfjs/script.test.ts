import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readTfjs } from '../../../src/formats/tfjs/read.ts'
import { exportsOf } from '../../../src/formats/tfjs/script.ts'
import { folderOf } from '../../io/folder.ts'
import { filesOf, graphWeights, smallGraph } from './sample.ts'

const files = filesOf(smallGraph(), graphWeights)
const script = (value: unknown): string =>
  `!function(e){if("object"==typeof exports&&"undefined"!=typeof module)module.exports=e()}(function(){return ${JSON.stringify(value)}});`
const base64 = script(Buffer.from(files['weights.bin']).toString('base64'))

test('a model in scripts is the model in files', async () => {
  const plain = await readTfjs(join(await folderOf(files), 'model.json'))
  const scripts = await folderOf({
    'model.min.js': script(JSON.parse(String(files['model.json']))),
    'weights.bin.min.js': base64,
  })
  expect(await readTfjs(join(scripts, 'model.min.js'))).toEqual(plain)
})

describe('a script', () => {
  test.each([
    ['exports.default = { a: [1, !0] }', { a: [1, true] }],
    ['module.exports = "QUJD"', 'QUJD'],
  ])('%s', (source, value) => expect(exportsOf(source)).toEqual(value))

  test.each([
    ['process.exit(1)', /process is not defined/],
    ['require("fs")', /require is not defined/],
    ['this.constructor.constructor("return process")()', /Code generation|not defined/],
    ['throw "text"', /does not run/],
    ['}', /does not run/],
    ['1', /exports nothing/],
  ])('is refused: %s', (source, message) => expect(() => exportsOf(source)).toThrow(message))

  test('whose weights are missing, or of another length, is refused by its path', async () => {
    const model = script(JSON.parse(String(files['model.json'])))
    const read = async (more: Record<string, string>) =>
      readTfjs(join(await folderOf({ 'model.min.js': model, ...more }), 'model.min.js'))
    await expect(read({})).rejects.toThrow(/weights\.bin\.min\.js.*cannot be read/)
    await expect(read({ 'weights.bin.min.js': script('QUJD') })).rejects.toThrow(
      /bytes of weights, as the manifest says, .* but got 3/,
    )
    await expect(read({ 'weights.bin.min.js': '(' })).rejects.toThrow(/weights\.bin\.min\.js: The script does not run/)
  })
})
