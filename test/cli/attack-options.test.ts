import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { CommanderError } from 'commander'
import { type AttackRequest, addChosenParameters, attackCommand, attackRequest } from '../../src/cli/attack-options.ts'
import { failure } from '../../src/cli/failure.ts'
import { planAttacks } from '../../src/engine/plan.ts'

/** The words after `advx attack`, as the program reads them. */
async function parseAttack(argv: readonly string[]): Promise<AttackRequest> {
  const command = attackCommand()
    .exitOverride()
    .configureOutput({ outputError() {}, writeOut() {} })
  await addChosenParameters(command, argv)
  command.parse([...argv], { from: 'user' })
  return attackRequest(command)
}

const wrong = async (...argv: string[]): Promise<string> => {
  try {
    await parseAttack(argv)
  } catch (error) {
    const { exitCode, lines } = failure(error, 'attack')
    expect(exitCode).toBe(2)
    expect(lines).toHaveLength(1)
    return lines[0]
  }
  throw new Error(`${argv.join(' ')} was taken`)
}

describe('parseAttack', () => {
  test('nothing but pictures', async () => {
    expect(await parseAttack(['a', 'b/*.png'])).toEqual({
      options: { images: ['a', 'b/*.png'], params: {}, earlyStop: true },
      json: false,
      dryRun: false,
    })
  })

  test('every option', async () => {
    const line =
      '-m m.onnx -a fgsm,pgd -e 1/255,0.01 -n linf -t cat -l labels.csv --label-from prediction -c classes.txt -p imagenet -o out -b 7 -d cpu --threads 2 --seed 3 --limit 4 --no-early-stop --fail-under 50% --strict --json --force --dry-run photos'
    expect(await parseAttack(line.split(' '))).toEqual({
      options: {
        images: ['photos'],
        model: 'm.onnx',
        attacks: ['fgsm', 'pgd'],
        eps: [1 / 255, 0.01],
        norm: 'linf',
        target: 'cat',
        labels: 'labels.csv',
        labelFrom: 'prediction',
        classes: 'classes.txt',
        preprocess: 'imagenet',
        out: 'out',
        batchSize: 7,
        device: 'cpu',
        threads: 2,
        seed: 3,
        limit: 4,
        params: {},
        earlyStop: false,
        failUnder: 0.5,
        strict: true,
        force: true,
      },
      json: true,
      dryRun: true,
    })
  })

  test('parameters of the chosen attacks, in every way of typing an option', async () => {
    const typed = [
      '--steps 20 x',
      '--steps=20 x',
      'x --steps 20',
      '-a pgd --steps 20 x',
      'x -apgd --steps=20',
      '--attack=pgd x --steps 20',
    ]
    for (const line of typed)
      expect((await parseAttack(line.split(' '))).options).toMatchObject({ images: ['x'], params: { steps: 20 } })
    const both = '-a pgd,mi-fgsm --pgd.steps 40 --mi-fgsm.steps=5 --mu 0.9 --alpha 1/4 x'
    expect((await parseAttack(both.split(' '))).options.params).toEqual({
      'pgd.steps': 40,
      'mi-fgsm.steps': 5,
      mu: 0.9,
      alpha: 0.25,
    })
  })

  test('lists add up', async () => {
    const { options } = await parseAttack('-a fgsm -a pgd -e 1/255 -e 2/255 x'.split(' '))
    expect(options).toMatchObject({ attacks: ['fgsm', 'pgd'], eps: [1 / 255, 2 / 255] })
  })

  test('what begins with a dash is a picture after --', async () => {
    expect((await parseAttack(['--steps', '3', '--', '-x.png', '--steps'])).options).toMatchObject({
      images: ['-x.png', '--steps'],
      params: { steps: 3 },
    })
  })

  test("an attack file's own parameters; one that is an option already is reached by the attack's name", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'advx-test-'))
    try {
      const file = join(folder, 'mine.mjs')
      await writeFile(
        file,
        'export default { title: "t", paper: "p", norms: { linf: { eps: 0.1 } }, params: { width: 3, json: 1, seed: 2 }, step: s => s }',
      )
      const argv = ['-a', file, '--width', '-2', '--mine.json', '5', '--mine.seed=6', '--seed', '7', '--json', 'x']
      const { options, json } = await parseAttack(argv)
      expect(options).toMatchObject({ params: { width: -2, 'mine.json': 5, 'mine.seed': 6 }, seed: 7 })
      expect(json).toBe(true)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('a wrong command line', () => {
  test.each([
    ['no pictures', [], "Missing required argument 'images'. Try: advx attack --help"],
    ['an unknown option', ['--stpes', '3', 'x'], "Unknown option '--stpes'. Did you mean --steps?"],
    ['an option misspelt', ['--modle', 'm', 'x'], "Unknown option '--modle'. Did you mean --model?"],
    [
      'an option without its value',
      ['x', '--eps'],
      "Option '-e, --eps <numbers>' argument missing. Try: advx attack --help",
    ],
    [
      'an unknown norm',
      ['-n', 'l3', 'x'],
      "Expected one of linf, l2, l1, l0 for --norm but got 'l3'. Did you mean 'l2'?",
    ],
    ['a nameless attack', ['-a', 'pgd,', 'x'], "Expected a value for --attack but got ''."],
    [
      'an unknown label source',
      ['--label-from', 'predicton', 'x'],
      "Expected one of prediction for --label-from but got 'predicton'. Did you mean 'prediction'?",
    ],
    ['a batch of none', ['-b', '0', 'x'], "Expected a whole number of at least 1 for --batch-size but got '0'."],
    [
      'too many threads',
      ['--threads', '1e9', 'x'],
      "Expected a whole number from 1 to 1024 for --threads but got '1e9'.",
    ],
    ['half a step', ['--steps', 'ten', 'x'], "Expected a number for --steps but got 'ten'. Try 8/255, 0.03 or 1e-2."],
    [
      'a hostile value',
      ['-n', '\x1b]0;evil\x07\n\u202e', 'x'],
      "Expected one of linf, l2, l1, l0 for --norm but got ' '.",
    ],
  ])('%s', async (_, argv, message) => {
    expect(await wrong(...argv)).toBe(message)
  })

  test.each(['-1', '-8/255', 'NaN', '', '8/0', '8/255x', '1,,2'])("eps '%s'", async eps => {
    expect(await wrong('-e', eps, 'x')).toMatch(/^Expected a number.* for --eps but got/)
  })

  test('an unknown attack comes with the nearest', async () => {
    expect(await wrong('-a', 'pdg', 'x')).toMatch(
      /^Expected an attack \(.*pgd.*\) for --attack but got 'pdg'\. Did you mean/,
    )
  })

  test("another attack's parameter is left to the plan, which names the chosen ones'", async () => {
    const { options } = await parseAttack(['--mu', '1', 'x'])
    const planned = planAttacks({ attacks: ['pgd'], params: options.params! })
    await expect(planned).rejects.toThrow(
      /a parameter of the chosen attacks \(--alpha, --steps, --restarts\) but got --mu/,
    )
  })

  test('eps 8 is 8/255 to the plan', async () => {
    const { options } = await parseAttack(['-e', '8', 'x'])
    await expect(planAttacks({ attacks: ['pgd'], eps: options.eps, params: {} })).rejects.toThrow(
      /Did you mean 8\/255\?/,
    )
  })
})

test('help is no failure', async () => {
  await expect(parseAttack(['--help'])).rejects.toThrow(CommanderError)
})
