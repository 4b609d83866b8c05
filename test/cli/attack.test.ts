import { appendFile, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Line, Report } from '../../src/engine/options.ts'
import { folderOf } from '../io/folder.ts'
import { advx, type Ended, images, start } from './process.ts'

const MODEL = ['-m', 'fashion-resnet']
const readLines = async (out: string): Promise<Line[]> =>
  (await readFile(join(out, 'results.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
const there = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('a run', () => {
  let cwd = ''
  let ended: Ended
  beforeAll(async () => {
    cwd = await folderOf()
    ended = await advx(['attack', images, '--limit', '6', '-a', 'fgsm,pgd'], {
      cwd,
      env: { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') },
    })
  })

  test('says what came out, on stdout', () => {
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toMatch(/^Model +fashion-resnet\.onnx, 10 classes, input 1 x 28 x 28\nPictures +6: /)
    expect(ended.stdout).toMatch(/^fgsm +Linf 8\/255 .*\npgd +Linf 8\/255 /m)
    expect(ended.stdout).toMatch(/^Next +advx verify advx-out /m)
  })

  test('writes what the contract says', async () => {
    const out = join(cwd, 'advx-out')
    expect((await readdir(out)).sort()).toEqual([
      'clean',
      'fgsm',
      'pgd',
      'plan.json',
      'report.csv',
      'report.html',
      'report.json',
      'report.md',
      'results.jsonl',
    ])
    const report: Report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'))
    expect(report).toMatchObject({
      schema: 1,
      images: { found: 6 },
      command: `advx attack ${images} --limit 6 -a fgsm,pgd`,
    })
    const found = await readLines(out)
    expect(found).toHaveLength(12)
    for (const { file } of found) if (file) expect(await there(join(out, file))).toBe(true)
  })

  test('adds its figures to the summary of a CI job; where it cannot it warns and goes on', async () => {
    expect(await readFile(join(cwd, 'summary.md'), 'utf8')).toBe(
      `${await readFile(join(cwd, 'advx-out', 'report.md'), 'utf8')}\n`,
    )
    const env = { GITHUB_STEP_SUMMARY: join(cwd, 'no', 'summary.md') }
    const { code, stderr } = await advx(['attack', images, '--limit', '6', '-a', 'fgsm,pgd'], { cwd, env })
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Warning: report\.md could not be added/m)
  })

  test('can be verified, and a changed picture or line is found', async () => {
    expect(await advx(['verify', 'advx-out'], { cwd })).toEqual({
      code: 0,
      stdout: 'All hold: 12 lines recomputed from the files.\n',
      stderr: '',
    })
    await cp(join(cwd, 'advx-out'), join(cwd, 'changed'), { recursive: true })
    const broken = (await readLines(join(cwd, 'changed'))).find(line => line.outcome === 'adversarial')!
    const clean = join(cwd, 'changed', 'clean', broken.file!.slice(broken.attack.length + 1))
    await cp(clean, join(cwd, 'changed', broken.file!))
    const { code, stdout } = await advx(['verify', 'changed', ...MODEL], { cwd })
    expect(code).toBe(5)
    expect(stdout).toMatch(/^Not as written: 1 of 12 lines\n/)
    expect(stdout).toContain(broken.image)
    const json = JSON.parse((await advx(['verify', 'changed', '--json'], { cwd })).stdout)
    expect(json.differences.map((d: { field: string }) => d.field)).toEqual(
      expect.arrayContaining(['outcome', 'distance', 'fileSha256']),
    )
  })

  test('again with --json: the same results, and report.json alone on stdout', async () => {
    const before = await readFile(join(cwd, 'advx-out', 'results.jsonl'), 'utf8')
    const { code, stdout } = await advx(['attack', images, '--limit', '6', '-a', 'fgsm,pgd', '--json'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toBe(await readFile(join(cwd, 'advx-out', 'report.json'), 'utf8'))
    expect(await readFile(join(cwd, 'advx-out', 'results.jsonl'), 'utf8')).toBe(before)
  })

  test('another plan in the same folder is refused, and taken with --force', async () => {
    const args = ['attack', images, '--limit', '6', '-a', 'fgsm', '-e', '4/255']
    const { code, stderr } = await advx(args, { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^advx: .* holds results of another plan: .*--force/)
    expect(await advx([...args, '--force'], { cwd })).toMatchObject({ code: 0 })
    expect(await readLines(join(cwd, 'advx-out'))).toHaveLength(6)
  })

  test('a dry run writes nothing', async () => {
    const { code, stdout } = await advx(['attack', images, '--dry-run', '-o', 'dry'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Pictures +100, labels from folder \(100\)$/m)
    expect(stdout).toMatch(/^Takes +at most about /m)
    const json = JSON.parse((await advx(['attack', images, '--dry-run', '-o', 'dry', '--json'], { cwd })).stdout)
    expect(json).toMatchObject({ pictures: 100, plan: { seed: 0 } })
    expect(await there(join(cwd, 'dry'))).toBe(false)
  })
})

test.each(['fashion-resnet', 'fashion-mobilenet', 'fashion-inception'])(
  '%s by its name: its own pictures, attacked and verified',
  async name => {
    const cwd = await folderOf()
    const { code, stdout } = await advx(['attack', images, '-m', name, '--strict', '--json'], { cwd })
    expect(code).toBe(0)
    const report: Report = JSON.parse(stdout)
    expect(report.model.file).toBe(`${name}.onnx`)
    expect(report.accuracy.clean!.value).toBeGreaterThan(0.85)
    const [pgd] = report.attacks
    expect(pgd.success!.value).toBeGreaterThan(0.9)
    expect(pgd.noise!.value).toBeLessThan(0.2)
    expect(await advx(['verify', 'advx-out'], { cwd })).toMatchObject({ code: 0 })
  },
)

describe('exit codes', () => {
  test.each([
    ['1', '100%', 1, /^Gate failed: robust accuracy \d+\.\d %, at least 100 % wanted$/m],
    ['0', '0%', 0, /^Gate passed: /m],
  ])('%s: --fail-under %s', async (_, percent, expected, text) => {
    const { code, stdout } = await advx(['attack', images, '--limit', '3', '--fail-under', percent], {
      cwd: await folderOf(),
    })
    expect(code).toBe(expected)
    expect(stdout).toMatch(text)
  })

  test("2: pictures of one's own without a model", async () => {
    const cwd = await folderOf({ 'photos/bag/x y.png': '' })
    const { code, stderr } = await advx(['attack', 'photos/bag/x y.png'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toBe(
      "advx: Expected a model for 'photos/bag/x y.png' but got none. Type: advx attack -m model.onnx 'photos/bag/x y.png' (-m fashion-resnet is the embedded one, for its own pictures)\n",
    )
  })

  test('3: no usable picture; the bad ones are named, with names that do no harm', async () => {
    const cwd = await folderOf({ 'p/bag/\x1b]0;evil\x07\n\u202e<img onerror>.png': 'no picture' })
    const { code, stdout, stderr } = await advx(['attack', ...MODEL, 'p', '-a', 'fgsm,pgd'], { cwd })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^Failed: bag\/ <img onerror>\.png: .*\nadvx: None of the 1 pictures can be used\. .*\n$/)
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/)
  })

  test('3: no folder for temporary files', async () => {
    const cwd = await folderOf()
    const env = { TMPDIR: join(cwd, 'none') }
    expect(await advx(['attack', images, '--limit', '1'], { cwd, env })).toEqual({
      code: 3,
      stdout: '',
      stderr: `advx: Cannot write temporary files in '${env.TMPDIR}' (ENOENT). Set TMPDIR to a folder that can be written and has room.\n`,
    })
  })

  test('4 with --strict, else 0: a picture failed', async () => {
    const cwd = await folderOf({ 'p/bag/text.png': 'no picture' })
    await cp(join(images, 'bag'), join(cwd, 'p', 'bag'), { recursive: true })
    const lenient = await advx(['attack', ...MODEL, 'p'], { cwd })
    expect(lenient.code).toBe(0)
    expect(lenient.stdout).toMatch(/^Pictures +11: 1 failed, /m)
    expect((await advx(['attack', ...MODEL, 'p', '--strict'], { cwd })).code).toBe(4)
  })

  test('5 with --strict: a check failed', async () => {
    const cwd = await folderOf()
    // Labels that are all wrong: clean accuracy is below chance.
    const rows = await Promise.all((await readdir(join(images, 'bag'))).map(name => `${name},coat`))
    await writeFile(join(cwd, 'labels.csv'), ['image,label', ...rows].join('\n'))
    const args = ['attack', ...MODEL, join(images, 'bag'), '-l', 'labels.csv']
    const { code, stdout } = await advx([...args, '--strict'], { cwd })
    expect(code).toBe(5)
    expect(stdout).toMatch(/^ {2}failed +V01 +Clean accuracy/m)
  })

  test('130: interrupted; the same command goes on to the same bytes', async () => {
    const cwd = await folderOf()
    const args = ['attack', images, '--limit', '24', '--steps', '150', '--no-early-stop']
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { child, ended } = start([...args, '-o', 'stopped'], { cwd })
      const results = join(cwd, 'stopped', 'results.jsonl')
      const size = await sizeOf(results)
      while (child.exitCode === null && (await sizeOf(results)) <= size) await sleep(5)
      child.kill(signal)
      expect(await ended).toEqual({ code: 130, stdout: '', stderr: 'advx: Interrupted: the same command resumes.\n' })
    }
    expect((await readLines(join(cwd, 'stopped'))).length).toBeLessThan(24)
    expect((await advx([...args, '-o', 'stopped'], { cwd })).code).toBe(0)
    expect((await advx([...args, '-o', 'whole'], { cwd })).code).toBe(0)
    const [stopped, whole] = await Promise.all(
      ['stopped', 'whole'].map(out => readFile(join(cwd, out, 'results.jsonl'), 'utf8')),
    )
    expect(stopped).toBe(whole)
  })
})

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

describe("an attack of one's own", () => {
  test("README's runs from another folder, with its parameters as options", async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const source = /```js\n(import \{ attack[\s\S]*?)```/.exec(readme)![1]
    const cwd = await folderOf({ 'mine.js': source })
    const { code, stderr, stdout } = await advx(
      ['attack', images, '--limit', '4', '-a', './mine.js', '--steps', '5', '--mine.alpha', '1/2'],
      { cwd },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^mine +Linf 8\/255 /m)
    const report: Report = JSON.parse(await readFile(join(cwd, 'advx-out', 'report.json'), 'utf8'))
    expect(report.attacks[0]).toMatchObject({ name: 'mine', params: { steps: 5, alpha: 0.5 } })
    expect((await advx(['help', './mine.js'], { cwd })).stdout).toMatch(/^mine: /)
  })

  test('goes its own way with run(), a word among its parameters, and breaks what it yields', async () => {
    const cwd = await folderOf({ 'walk.js': WALK })
    const run = (...more: string[]) =>
      advx(['attack', images, '--limit', '6', '-a', './walk.js', '-e', '0.3', ...more], { cwd })
    const { code, stderr, stdout } = await run('--toward', 'white')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^walk +Linf 0.3 /m)
    const report: Report = JSON.parse(await readFile(join(cwd, 'advx-out', 'report.json'), 'utf8'))
    expect(report.attacks[0]).toMatchObject({ name: 'walk', params: { toward: 'white', steps: 6 } })
    expect(report.attacks[0].success!.value).toBeGreaterThan(0)
    expect(report.attacks[0].gradients).toBeGreaterThan(0)
    const lines = await readLines(join(cwd, 'advx-out'))
    await run('--toward', 'white', '-o', 'alone', '-b', '1', '--threads', '1')
    expect(await readLines(join(cwd, 'alone'))).toEqual(lines)
    expect((await advx(['verify', 'advx-out'], { cwd })).code).toBe(0)

    const failed = await run('--toward', 'grey', '-o', 'grey')
    expect(failed).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Attack '.*walk.js' failed: grey is no direction/),
    })
    expect((await advx(['help', './walk.js'], { cwd })).stdout).toMatch(/--toward +toward +gradient +any text/)
  })
})

/** In even steps up the model's gradient, or to white: two ways, so that the word matters. */
const WALK = `import { attack } from 'advx'
export default attack({
  title: 'A walk',
  paper: 'none',
  norms: { linf: { eps: 0.1 } },
  params: { steps: 6, toward: 'gradient' },
  async *run({ x0, y, eps, classes, pullback, logits }, { steps, toward }) {
    if (toward === 'grey') throw new Error('grey is no direction')
    let x = x0
    for (let t = 0; t < steps; t++) {
      const v = new Float32Array(classes).map((_, k) => (k === y ? -1 : 1 / (classes - 1)))
      const { gradient } = await pullback(x, v)
      x = x.map((value, i) => {
        const moved = value + (eps / steps) * (toward === 'white' ? 1 : Math.sign(gradient[i]))
        return Math.min(1, Math.max(0, moved))
      })
      yield { x, logits: await logits(x) }
    }
  },
})
`

test('a folder whose name needs quotes comes back quoted', async () => {
  const cwd = await folderOf()
  await mkdir(join(cwd, 'my out'))
  const { stdout } = await advx(['attack', images, '--limit', '1', '-o', 'my out'], { cwd })
  expect(stdout).toMatch(/^Next +advx verify 'my out' /m)
  await appendFile(join(cwd, 'my out', 'results.jsonl'), 'torn line without an end')
  expect((await advx(['attack', images, '--limit', '1', '-o', 'my out'], { cwd })).code).toBe(0)
  expect(await readLines(join(cwd, 'my out'))).toHaveLength(1)
})
