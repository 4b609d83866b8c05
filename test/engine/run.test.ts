import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Interrupted, type Line, type RunEvent, runAttack, verifyRun } from 'advx'

const fixtures = fileURLToPath(new URL('../../fixtures/images', import.meta.url))
const pictures = join(fixtures, 'bag')
let temporary: string
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'advx-run-'))
})
afterAll(() => rm(temporary, { recursive: true, force: true }))

const text = (out: string, name = 'results.jsonl'): Promise<string> => readFile(join(out, name), 'utf8')
const linesOf = async (out: string): Promise<Line[]> =>
  (await text(out))
    .trim()
    .split('\n')
    .map(row => JSON.parse(row))
const small = { images: [pictures], attacks: ['fgsm', 'pgd'], eps: [2 / 255, 8 / 255] }

describe('a run', () => {
  let whole: string
  beforeAll(async () => {
    whole = join(temporary, 'whole')
    await runAttack({ ...small, out: whole })
  })

  test('lines go by attack, eps and path, and every file is there', async () => {
    const lines = await linesOf(whole)
    expect(lines.map(l => [l.attack, l.eps])).toEqual(
      ['fgsm', 'pgd'].flatMap(a => [2 / 255, 8 / 255].flatMap(e => Array.from({ length: 10 }, () => [a, e]))),
    )
    const names = lines.slice(0, 10).map(l => l.image)
    expect(names).toEqual([...names].sort())
    for (const line of lines) if (line.file) expect((await readFile(join(whole, line.file))).length).toBeGreaterThan(0)
    expect((await readdir(join(whole, 'clean'))).length).toBe(10)
  })

  test('the report counts what the lines say', async () => {
    const lines = await linesOf(whole)
    const report = JSON.parse(await text(whole, 'report.json'))
    const broken = lines.filter(l => l.attack === 'pgd' && l.eps === 8 / 255 && l.outcome === 'adversarial').length
    const attacked = lines.filter(l => l.attack === 'pgd' && l.eps === 8 / 255 && l.outcome !== 'misclassified').length
    const pgd = report.attacks[3]
    expect(pgd).toMatchObject({ name: 'pgd', eps: 8 / 255, success: { value: broken / attacked } })
    expect(report.accuracy.robust).toMatchObject({ norm: 'linf', eps: 8 / 255 })
    expect(report.attacks.map((a: { attacked: number }) => a.attacked)).toEqual(Array(4).fill(attacked))
    expect(report.classes).toMatchObject([{ class: 8, name: 'bag', pictures: 10, clean: report.accuracy.clean }])
    const survives = (level: number): number => {
      const fallen = lines.filter(l => l.outcome === 'adversarial' && Math.round(255 * l.distance!.linf) <= level)
      return (attacked - new Set(fallen.map(l => l.image)).size) / 10
    }
    expect(report.curves.map((c: { attack: string | null }) => c.attack)).toEqual(['fgsm', 'pgd', null])
    const together = report.curves[2].points.map((p: { value: number }) => p.value)
    expect(together).toEqual([attacked / 10, survives(2), survives(8)])
    expect(report.accuracy.robust.value).toBe(survives(8))
    expect(report.checks.map((c: { id: string }) => c.id)).toEqual([
      'V01',
      'V03',
      'V04',
      'V06',
      'V08',
      'V12',
      'V20',
      'V25',
      'V43',
      'V44',
    ])
  })

  test('nothing is done again, and the bytes stay', async () => {
    const before = await text(whole)
    await runAttack({ ...small, out: whole })
    expect(await text(whole)).toBe(before)
  })

  test('after an abort the same command goes on to the same bytes', async () => {
    const out = join(temporary, 'aborted')
    const abort = new AbortController()
    const on = (event: RunEvent): void => {
      if (event.type === 'line' && event.done === 13) abort.abort()
    }
    await expect(runAttack({ ...small, out }, on, abort.signal)).rejects.toThrow(Interrupted)
    expect((await linesOf(out)).length).toBeLessThan(40)
    await runAttack({ ...small, out })
    expect(await text(out)).toBe(await text(whole))
  })

  test('a torn line, a missing picture, a changed one and a damaged clean one are made again', async () => {
    const out = join(temporary, 'torn')
    await cp(whole, out, { recursive: true })
    const files = (await linesOf(out)).filter(l => l.file).map(l => l.file!)
    await appendFile(join(out, 'results.jsonl'), '{"image":"torn')
    await rm(join(out, files[0]))
    await writeFile(join(out, files[5]), 'changed')
    await writeFile(join(out, 'clean', '0018.png'), 'damaged')
    await runAttack({ ...small, out })
    expect(await text(out)).toBe(await text(whole))
    expect(await verifyRun(out)).toMatchObject({ lines: 40, differences: [] })
  })

  test('verify names the field that does not hold', async () => {
    const out = join(temporary, 'forged')
    await cp(whole, out, { recursive: true })
    const lines = await linesOf(out)
    const at = lines.findIndex(l => l.outcome === 'adversarial')
    const forged = { ...lines[at], distance: { ...lines[at].distance, l0: 1 } }
    await writeFile(join(out, 'results.jsonl'), lines.map((l, i) => JSON.stringify(i === at ? forged : l)).join('\n'))
    const { differences } = await verifyRun(out)
    expect(differences.map(d => d.field)).toEqual(['sha256', 'sha256', 'distance'])
    expect(differences.map(d => d.image).slice(0, 2)).toEqual(['results.jsonl', 'report.csv'])
    await writeFile(
      join(out, lines[at].file!),
      await readFile(join(out, 'clean', lines[at].file!.replace(/^[^/]*\//, ''))),
    )
    const fields = (await verifyRun(out)).differences.map(d => d.field)
    expect(fields).toContain('outcome')
    expect(fields).toContain('fileSha256')
  })

  test('verify says which picture in clean/ cannot be read, and knows another one', async () => {
    const out = join(temporary, 'unclean')
    await cp(whole, out, { recursive: true })
    await writeFile(join(out, 'clean', '0018.png'), 'damaged')
    const { differences } = await verifyRun(out)
    expect(differences).toHaveLength(4)
    expect(differences[0]).toMatchObject({
      field: 'file',
      got: expect.stringContaining("'clean/0018.png'"),
      expected: 'a readable picture',
    })
    const [{ image }] = (await linesOf(out)).filter(l => l.image !== '0018.png')
    await cp(join(out, 'clean', image), join(out, 'clean', '0018.png'))
    const [first] = await linesOf(out)
    expect((await verifyRun(out)).differences).toContainEqual(
      expect.objectContaining({ image: '0018.png', field: 'cleanSha256', got: first.cleanSha256 }),
    )
  })

  test('verify holds report.csv and report.json against the lines', async () => {
    const out = join(temporary, 'reports')
    await cp(whole, out, { recursive: true })
    await appendFile(join(out, 'report.csv'), 'more\r\n')
    expect((await verifyRun(out)).differences).toMatchObject([{ image: 'report.csv', field: 'sha256' }])
    await rm(join(out, 'report.csv'))
    expect((await verifyRun(out)).differences).toMatchObject([{ image: 'report.csv', got: 'missing' }])
    await runAttack({ ...small, out })
    expect((await verifyRun(out)).differences).toEqual([])
  })

  test('what a reader gets lies beside report.json, and --force takes it away with the rest', async () => {
    const out = join(temporary, 'forced')
    await cp(whole, out, { recursive: true })
    const html = await text(out, 'report.html')
    const broken = (await linesOf(out)).filter(l => l.outcome === 'adversarial').length
    expect(html.match(/<img src="data:image\/webp;base64,/g)!.length).toBeGreaterThanOrEqual(broken)
    expect((await text(out, 'report.csv')).trim().split('\n')).toHaveLength(41)
    expect(await text(out, 'report.md')).toMatch(/^## advx: `fashion-resnet\.onnx`/)
    await writeFile(join(out, 'mine.txt'), '')
    const refused = runAttack({ ...small, out, force: true, limit: 1 }, () => {}, AbortSignal.abort())
    await expect(refused).rejects.toThrow(Interrupted)
    expect((await readdir(out)).sort()).toEqual(['mine.txt', 'plan.json', 'results.jsonl'])
  })

  test.each<[string, (lines: Line[]) => Line[], string]>([
    ['a line is missing', lines => lines.slice(1), 'lines'],
    ['a line stands twice', lines => [lines[0], ...lines], 'lines'],
    ['two lines changed places', ([a, b, ...rest]) => [b, a, ...rest], 'image'],
    ['the budget was raised', lines => lines.map(l => ({ ...l, eps: l.eps === 2 / 255 ? 0.5 : l.eps })), 'eps'],
    ['a picture was renamed', ([a, ...rest]) => [{ ...a, image: '0000.png' }, ...rest], 'file'],
    [
      'noise was said to fool a picture',
      lines => lines.map(l => ({ ...l, noise: l.noise && { ...l.noise, fooled: l.noise.samples, first: true } })),
      'noise',
    ],
    ['a line was called failed', lines => lines.map(l => ({ ...l, outcome: 'failed' as const })), 'outcome'],
  ])('verify notices that %s', async (_, forge, field) => {
    const out = join(temporary, 'forgery')
    await rm(out, { recursive: true, force: true })
    await cp(whole, out, { recursive: true })
    const forged = forge(await linesOf(out))
    await writeFile(join(out, 'results.jsonl'), forged.map(l => `${JSON.stringify(l)}\n`).join(''))
    const fields = (await verifyRun(out)).differences.map(d => d.field)
    expect(fields.some(f => f === field || f === 'lines')).toBe(true)
  })

  test('another plan in the same folder is refused', async () => {
    await expect(runAttack({ ...small, out: whole, seed: 1 })).rejects.toThrow(/seed/)
  })
})

test('pictures that cannot be read are lines with the reason; none at all is an error', async () => {
  const folder = join(temporary, 'pictures')
  await cp(pictures, join(folder, 'bag'), { recursive: true })
  await writeFile(join(folder, 'bag', '0000.png'), 'no picture')
  const { report, exitCode } = await runAttack({
    images: [folder],
    attacks: ['fgsm'],
    out: join(temporary, 'failing'),
    strict: true,
  })
  expect(report.images).toMatchObject({ found: 11, failed: 1 })
  expect(exitCode).toBe(4)
  const [first] = await linesOf(join(temporary, 'failing'))
  expect(first).toMatchObject({ image: 'bag/0000.png', outcome: 'failed', clean: null, file: null })
  expect(first.error).toMatch(/bag\/0000.png/)

  await rm(join(folder, 'bag'), { recursive: true })
  await writeFile(join(folder, 'only.png'), '')
  await expect(runAttack({ images: [folder], out: join(temporary, 'none') })).rejects.toMatchObject({
    fault: 'picture',
  })
})

test('targeted: pictures that are the target already are skipped, and robust accuracy is not defined', async () => {
  const out = join(temporary, 'targeted')
  const { report } = await runAttack({ images: [pictures], target: 'bag', out, limit: 4 })
  expect(report.images.skipped).toBeGreaterThan(0)
  expect(report.accuracy.robust).toBeNull()
  const least = await runAttack({
    images: [pictures],
    target: 'least-likely',
    eps: [0.2],
    out: join(temporary, 'least'),
    limit: 4,
  })
  const lines = await linesOf(least.out)
  for (const line of lines.filter(l => l.outcome === 'adversarial')) expect(line.adversarial!.class).toBe(line.target)
  expect(lines.some(l => l.outcome === 'adversarial')).toBe(true)
})

test('labels from a file, from folders and from the model', async () => {
  const csv = join(temporary, 'labels.csv')
  await writeFile(csv, 'image,label\nother.png,sandal\n')
  const run0 = runAttack({ images: [pictures], labels: csv, out: join(temporary, 'labels') })
  await expect(run0).rejects.toThrow(/labels for the pictures, such as '0018.png'/)
  await writeFile(csv, 'image,label\n0018.png,sandal\n')
  const run = await runAttack({ images: [pictures], labels: csv, attacks: ['fgsm'], out: join(temporary, 'labels') })
  const lines = await linesOf(run.out)
  expect(lines.filter(l => l.labelFrom === 'csv').every(l => l.label === 5)).toBe(true)
  expect(lines.filter(l => l.labelFrom === 'folder').every(l => l.label === 8)).toBe(true)
})

test('an attack that does less than noise of the same budget fails a check', async () => {
  const idle = join(temporary, 'idle.js')
  const record = `{ title: 'Idle', paper: 'none', norms: { linf: { eps: 0.2 } }, params: { steps: 1 }`
  await writeFile(idle, `import { attack, grad } from 'advx'\n${IDLE(record)}`)
  const run = { images: [fixtures], attacks: [idle], out: join(temporary, 'idle'), strict: true, limit: 40 }
  const { report, exitCode } = await runAttack(run)
  expect(exitCode).toBe(5)
  expect(report.attacks[0].noise!.value).toBeGreaterThan(0.2)
  expect(report.checks.find(c => c.id === 'V25')).toMatchObject({ status: 'fail' })
})

/** It asks for a gradient, as an attack must, and does not move. */
const IDLE = (record: string): string =>
  `export default attack(${record}, step: ({ x }, { loss }) => ({ x: x.add(grad(loss)(x).mul(0)) }) })`

test('a gate needs labels, and compares robust accuracy', async () => {
  const gate = { images: [pictures], attacks: ['fgsm'], failUnder: 0.99 }
  expect((await runAttack({ ...gate, out: join(temporary, 'gate') })).exitCode).toBe(1)
  expect((await runAttack({ ...gate, failUnder: 0, out: join(temporary, 'gate') })).exitCode).toBe(0)
})
