import { expect, test } from '@jest/globals'
import { folderOf } from '../io/folder.ts'
import { advx, images } from './process.ts'

const record = `title: 'Mine', paper: 'none', norms: { linf: { eps: 0.1 } }, params: { steps: 2 }`
const attackOf = (way: string, before = ''): string =>
  `import { attack, grad } from 'advx'\n${before}\nexport default attack({ ${record},\n${way} })\n`
const STILL = 'step: ({ x }, { loss }) => ({ x: x.add(grad(loss)(x).mul(0)) })'

test.each([
  [
    'a yield of something else',
    attackOf('async *run() { yield 5 }'),
    /^advx: Expected \{ x, logits \}, .* 784 .* 10, .*got '5'\. Such as: yield/,
  ],
  ['no generator', attackOf('run: () => 5'), /^advx: Expected a generator, async \*run.*got '5'/],
  ['a throw in run', attackOf(`async *run() { throw new Error('boom') }`), /failed: boom \(mine\.js, line 4\)$/m],
  ['a syntax error', 'export defalt 5', /cannot be loaded \(.*mine\.js, line 1\): /],
  ['a throw of text', 'throw "boom"', /^advx: Attack 'mine' cannot be loaded: it throws 'boom', which is no Error/],
  ['a throw of a record', attackOf('step() { throw { a: 1 } }'), /traced: it throws \{ a: 1 \}, which is no Error/],
  ['a step without a state', attackOf('step() {}'), /that step\(\) returns but got 'nothing: no x'/],
  ['a step that gives a number', attackOf('step: () => ({ x: 5 })'), /that step\(\) returns but got 'x: 5'/],
  [
    'a late rejection',
    attackOf(STILL, `Promise.reject(new Error('late'))`),
    /^advx: Attack 'mine' failed: late \(mine\.js, line 2\)\n$/,
  ],
  [
    'a throw of a timer',
    attackOf(STILL, `setTimeout(() => { throw new Error('later') }, 20)`),
    /^advx: Attack 'mine' failed: later \(mine\.js, line 2\)\n$/,
  ],
  [
    'a throw of a timer in a thread',
    attackOf(`async *run() { setTimeout(() => { throw new Error('later') }); await new Promise(() => {}) }`),
    /^advx: Attack 'mine' failed: later \(mine\.js, line 4\)\n$/,
  ],
  ['a run without a point', attackOf('async *run() {}'), /^advx: Expected at least one point for what run of attack/],
  [
    'an end in run',
    attackOf('async *run() { process.exit(0) }'),
    /^advx: A worker thread was ended, with code 0\. Does an/,
  ],
  ['an end', 'process.exit(0)', /^advx: Nothing was finished: process\.exit\(\) was called\./],
  [
    'a rejection with text',
    attackOf(STILL, `Promise.reject('late'); await new Promise(done => setTimeout(done, 20))`),
    /^advx: A file of your own rejects a promise: .*"late"/,
  ],
  ['a top level that never ends', 'await new Promise(() => {})', /its top level waits for something that never comes/],
])('a fault of an attack file is told as one: %s', async (_, source, text) => {
  const cwd = await folderOf({ 'mine.js': source })
  const { code, stdout, stderr } = await advx(['attack', images, '--limit', '1', '-a', './mine.js'], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(text)
})

test('the name of a folder of ours is taken', async () => {
  const cwd = await folderOf({ 'clean.js': '' })
  const { code, stderr } = await advx(['attack', images, '-a', './clean.js'], { cwd })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/the folder 'clean' is taken.*Rename it/) })
})

test('with --json stdout is report.json alone, whatever an attack prints, and a failed gate is said on stderr', async () => {
  const cwd = await folderOf({
    'mine.js': attackOf(
      `async *run({ x0, logits }) { console.log('in run'); yield { x: x0, logits: await logits(x0) } }`,
      `console.log('loaded')`,
    ),
  })
  const args = ['attack', images, '--limit', '1', '-a', 'pgd,./mine.js', '--json', '--fail-under', '100']
  const { code, stdout, stderr } = await advx(args, { cwd })
  expect(code).toBe(1)
  expect(JSON.parse(stdout).gate).toEqual({ failUnder: 1, passed: false })
  expect(stderr).toMatch(/in run/)
  expect(stderr).toMatch(/^Gate failed: robust accuracy 0\.0 %, at least 100 % wanted$/m)
})
