import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { attackNames, defenseNames, loadAttack } from '../../src/engine/registry.ts'
import { describe as describeParameter } from '../../src/params.ts'
import { folderOf } from '../io/folder.ts'
import { advx, start } from './process.ts'

const lines = (text: string): string[] => text.trimEnd().split('\n')

const names = await attackNames()

describe('what asks for help', () => {
  test('--help names every command, on stdout', async () => {
    const { code, stdout, stderr } = await advx(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of ['attack', 'verify', 'list', 'help', 'models', 'inspect', 'convert', 'doctor'])
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'))
    expect(stdout).toContain('advx attack fixtures/images')
  })

  test('no command at all is wrong use, and shows the same', async () => {
    const [none, help] = await Promise.all([advx([]), advx(['--help'])])
    expect({ code: none.code, stdout: none.stdout, stderr: none.stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: help.stdout,
    })
  })

  test('--version is that of package.json', async () => {
    expect(await advx(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })

  test.each([
    ['attack', '--help'],
    ['help', 'attack'],
  ])('%s %s has the options, and the parameters of the default attack', async (...args) => {
    const { code, stdout } = await advx(args)
    expect(code).toBe(0)
    for (const flag of ['--model', '--eps', '--fail-under', '--dry-run']) expect(stdout).toContain(flag)
    expect(stdout).toMatch(/Parameters of pgd:\n +--alpha/)
  })

  test('help of an attack has its norms, parameters, ranges and an example', async () => {
    const { code, stdout } = await advx(['help', 'pgd'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^pgd: Projected Gradient Descent\nMadry et al\. 2018/)
    expect(stdout).toMatch(/linf +8\/255 .*\n +l2 +0\.5\n +l1 +12 +each step moves the strongest 3 % of the values/)
    expect(stdout).toMatch(/--steps +T +10 +whole, 1 to 1000000 +number of steps/)
    expect(stdout).toContain('advx attack -m model.onnx -a pgd -n linf -e 8/255 --steps 20 photos/')
  })

  test.each(names)(
    'help of %s: title, paper, formula, and of each parameter symbol, default, range and meaning',
    async name => {
      const { attack } = await loadAttack(name)
      const { code, stdout } = await advx(['help', name])
      expect(code).toBe(0)
      expect(stdout.startsWith(`${name}: ${attack.title}\n${attack.paper}\n\nFormula\n  `)).toBe(true)
      for (const line of attack.formula!.trim().split('\n')) expect(stdout).toContain(line.trim())
      const rows = lines(stdout)
      for (const [key, value] of Object.entries(attack.params)) {
        const row = rows.find(line => line.startsWith(`  --${key} `))!
        for (const text of [describeParameter(key, value).symbol, describeParameter(key, value).help])
          expect(row).toContain(text)
      }
    },
  )

  test('help of a defense', async () => {
    const { code, stdout } = await advx(['help', 'bit-depth'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^bit-depth: Bit-Depth Reduction\nXu, Evans, Qi 2018/)
    expect(stdout).toMatch(/--bits +b +4 +whole, 1 to 8/)
  })

  test('help of what there is not suggests the nearest', async () => {
    expect(await advx(['help', 'pdg'])).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^advx: Expected a command \(.*\), an attack \(.*\) or a defense \(.*\) for advx help but got 'pdg'\. Did you mean 'pgd'\?\n$/,
      ),
    })
  })
})

describe('list, models, inspect, doctor', () => {
  test('list names every attack', async () => {
    const { stdout } = await advx(['list'])
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'))
  })
  test('list --json', async () => {
    const { stdout } = await advx(['list', '--json'])
    const found = JSON.parse(stdout)
    const [attacks, defenses] = ['attack', 'defense'].map(kind =>
      found.filter((a: { kind: string }) => a.kind === kind),
    )
    expect(attacks.map((a: { name: string }) => a.name)).toEqual(names)
    expect(defenses.map((a: { name: string }) => a.name)).toEqual(await defenseNames())
    expect(found[0]).toEqual({
      kind: 'attack',
      name: expect.any(String),
      title: expect.any(String),
      paper: expect.any(String),
      norms: expect.any(Object),
      params: expect.any(Object),
    })
  })

  test('models has the embedded ones, whose they are and how good', async () => {
    const { stdout } = await advx(['models'])
    for (const title of ['fashion-inception', 'fashion-mobilenet', 'fashion-resnet  used where --model is not given'])
      expect(stdout).toMatch(
        new RegExp(
          `^${title}\\n {2}Task .*1 x 28 x 28\\n {2}Classes .*ankle-boot\\n {2}Preprocessing +\\(x - 0\\.286\\) / 0\\.353, x in 0\\.\\.1\\n {2}Accuracy +9\\d\\.\\d+ % .*\\n {2}Licence +MIT\\n`,
          'm',
        ),
      )
    const found = JSON.parse((await advx(['models', '--json'])).stdout)
    const embedded = found.filter((m: { from: string }) => m.from === 'embedded')
    expect(embedded.map((m: { name: string }) => m.name)).toEqual([
      'fashion-inception',
      'fashion-mobilenet',
      'fashion-resnet',
    ])
    for (const json of embedded)
      expect(json).toMatchObject({ input: { channels: 1, height: 28, width: 28 }, license: 'MIT' })
  })

  test('inspect', async () => {
    const { code, stdout } = await advx(['inspect', 'fashion-resnet'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Inputs +'input' float32 \[N, 1, 28, 28\]$/m)
    expect(stdout).toMatch(/^Preprocessing .*\(the model's metadata\): \(x - 0\.286\) \/ 0\.353, x in 0\.\.1$/m)
    expect(stdout).toMatch(/^Operators +Conv \d+, /m)
    expect(stdout).toMatch(/^Gradient +passes every operator$/m)
    const json = JSON.parse((await advx(['inspect', 'fashion-resnet', '--json'])).stdout)
    expect(json).toMatchObject({
      obstacle: null,
      blocking: [],
      classifier: { input: { channels: 1 }, classes: { from: 'metadata' } },
    })
  })

  test('inspect --layers lists the values inside by their names', async () => {
    const { code, stdout } = await advx(['inspect', 'fashion-resnet', '--layers'])
    expect(code).toBe(0)
    expect(stdout.split('\n')[0]).toMatch(/^name +operator$/)
    expect(stdout).toMatch(/^conv_1 +Conv$/m)
  })

  test('inspect of what is no model', async () => {
    const folder = await folderOf({ 'text.onnx': 'this is no model', 'empty.onnx': '' })
    for (const name of ['text.onnx', 'empty.onnx', 'absent.onnx']) {
      const { code, stdout, stderr } = await advx(['inspect', name], { cwd: folder })
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(lines(stderr)).toEqual([expect.stringContaining(name)])
    }
  })

  test('doctor finds that an attack can run', async () => {
    const { code, stdout } = await advx(['doctor'])
    expect({ code, last: lines(stdout).pop() }).toEqual({ code: 0, last: 'An attack can run here.' })
    expect(stdout).toMatch(/^ok +ONNX Runtime .* ran a graph on the CPU/m)
  })
  test('doctor finds that it cannot', async () => {
    const { code, stdout } = await advx(['doctor'], { env: { TMPDIR: '/nowhere/at-all' } })
    expect(code).toBe(3)
    expect(stdout).toMatch(/^missing +Temporary files +\/nowhere\/at-all cannot be written/m)
  })
})

describe('the terminal', () => {
  test('no colours in a pipe, unless they are forced', async () => {
    const [piped, forced, unwanted] = await Promise.all([
      advx(['list']),
      advx(['list'], { env: { FORCE_COLOR: '1' } }),
      advx(['list'], { env: { NO_COLOR: '1' } }),
    ])
    expect(piped.stdout).not.toContain('\x1b')
    expect(forced.stdout).toContain('\x1b[')
    expect(unwanted.stdout).toBe(piped.stdout)
  })

  test('a reader that closes early is no error', async () => {
    const { child, ended } = start(['attack', '--help'])
    child.stdout!.destroy()
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
  })

  test("a file of a hostile name in an error's text", async () => {
    const { code, stderr } = await advx(['attack', '-m', 'x\x1b]0;evil\x07\n\u202e<img onerror>.onnx', '.'])
    expect(code).toBe(3)
    expect(stderr).toBe('advx: x <img onerror>.onnx: There is no such file.\n')
  })
})

test('an attack file that throws is a usage error without a stack', async () => {
  const folder = await folderOf()
  await writeFile(join(folder, 'mine.js'), 'throw new Error("not today")')
  const { code, stderr } = await advx(['help', './mine.js'], { cwd: folder })
  expect(code).toBe(2)
  expect(lines(stderr)).toEqual(["advx: Attack 'mine' cannot be loaded: not today (mine.js, line 1)"])
})
