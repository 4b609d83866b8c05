import { describe, expect, test } from '@jest/globals'
import { summary } from '../../src/cli/summary.ts'
import { plain } from '../../src/cli/terminal.ts'
import type { AttackSummary, Report } from '../../src/engine/options.ts'

const share = (value: number, low: number, high: number) => ({ value, low, high })
const median = (value: number) => ({ median: value, q1: value, q3: value })

const UNFITTED = { resize: null, crop: null, resample: 'bilinear', height: 28, width: 28 } as const

const pgd: AttackSummary = {
  name: 'pgd',
  sha256: '00',
  title: 'Projected Gradient Descent',
  paper: 'Madry et al. 2018',
  norm: 'linf',
  eps: 8 / 255,
  params: { alpha: 0.25, steps: 10, restarts: 1 },
  attacked: 94,
  success: share(0.9787, 0.926, 0.994),
  robust: share(0.02, 0.0056, 0.07),
  distance: { linf: median(8 / 255), l2: median(0.6134), l1: median(11), l0: median(700) },
  lostByRounding: 0,
  beforeRounding: median(8 / 255),
  lattice: { gradients: 0, forwards: 0 },
  gradients: 940,
  forwards: 1100,
  noise: { ...share(0.0213, 0.006, 0.075), samples: 120, missed: 0 },
}
const report: Report = {
  schema: 1,
  tool: 'advx',
  version: '0.1.0',
  date: '2025-01-01T00:00:00.000Z',
  command: 'advx attack fixtures/images',
  seconds: 4.2,
  model: {
    file: 'fashion-resnet.onnx',
    path: 'fashion-resnet',
    sha256: '00',
    output: 'logits',
    classes: 10,
    classNames: [],
    input: [1, 28, 28],
    preprocessing: { name: 'unit', order: 'rgb', scale: 1, mean: null, std: null, geometry: UNFITTED },
    notes: [],
  },
  images: { found: 100, failed: 0, skipped: 0, misclassified: 6, attacked: 94, labelFrom: { folder: 100 } },
  target: null,
  accuracy: { clean: share(0.94, 0.875, 0.972), robust: { ...share(0.02, 0.0056, 0.07), norm: 'linf', eps: 8 / 255 } },
  attacks: [pgd],
  broken: [{ attack: 'pgd', stage: null, pictures: 92, alone: 92 }],
  classes: [],
  confusion: { total: 0, distinct: 0, pairs: [] },
  curves: [],
  checks: [{ id: 'V01', title: 'Clean accuracy is well above chance', status: 'pass', detail: '94 of 100 right' }],
  gate: null,
  seed: 0,
  results: { lines: 100, sha256: '00' },
  runtime: { device: 'cpu', threads: 2 },
  notes: [],
}
const shown = (changes: Partial<Report> = {}): string =>
  summary({ ...report, ...changes }, `${process.cwd()}/out`, plain)

describe('summary', () => {
  test('a run at a glance', () => {
    expect(shown()).toBe(`\
Model           fashion-resnet.onnx, 10 classes, input 1 x 28 x 28
Pictures        100: 6 misclassified before any attack, 94 attacked
Clean accuracy  94.0 % (87.5 to 97.2)
Took            4.2 s on cpu, 2 threads

Attack  Budget      Success                Noise  Robust accuracy     Median distance
pgd     Linf 8/255  97.9 % (92.6 to 99.4)  2.1 %  2.0 % (0.6 to 7.0)  Linf 8/255, L2 0.6134
In brackets: 95 % intervals (Wilson). Figures are of the written 8-bit files, read back from disk.
Noise: pictures that fall to one sample of uniform noise of the same budget.

Checks  1 of 1 passed

Results  out/report.html  open it in a browser
         out/             perturbed pictures by attack (pgd), clean/, results.jsonl, report.{json,md,csv}
Next     advx verify out  reads every picture again, recomputes every line
         More --steps or --restarts may break pictures that still resist.`)
  })

  test('several attacks have one robust accuracy', () => {
    const fgsm = { ...pgd, name: 'fgsm', params: {} }
    expect(shown({ attacks: [fgsm, pgd] })).toContain(
      'Robust accuracy at Linf 8/255 against all of them: 2.0 % (0.6 to 7.0)',
    )
    expect(shown()).not.toContain('against all of them')
  })

  test('checks that did not pass, and what low accuracy may mean', () => {
    const checks: Report['checks'] = [
      { id: 'V01', title: 'Clean accuracy', status: 'fail', detail: '8 of 100 right' },
      { id: 'V06', title: 'A gradient exists', status: 'warn', detail: '3 of 940' },
      { id: 'V43', title: 'Finite', status: 'pass', detail: 'all' },
    ]
    const text = shown({ checks })
    expect(text).toContain(
      'Checks  1 of 3 passed\n  failed   V01  Clean accuracy: 8 of 100 right\n  warning  V06  A gradient exists: 3 of 940',
    )
    expect(text).toContain('advx inspect says')
    expect(text).not.toContain('Finite')
  })

  test('gates', () => {
    expect(shown({ gate: { failUnder: 0.5, passed: false } })).toContain(
      'Gate failed: robust accuracy 2.0 %, at least 50 % wanted',
    )
    expect(shown({ gate: { failUnder: 0.005, passed: true } })).toContain(
      'Gate passed: robust accuracy 2.0 %, at least 0.5 % wanted',
    )
  })

  test('targeted: no robust accuracy', () => {
    const accuracy = { ...report.accuracy, robust: null }
    const text = shown({ target: 'bag', accuracy, images: { ...report.images, skipped: 10 } })
    expect(text).toContain('Target          bag')
    expect(text).toContain('10 of the target class already')
    expect(text).not.toContain('Robust accuracy')
  })

  test('nothing attacked, no labels', () => {
    const attacks = [{ ...pgd, success: null, distance: { linf: null, l2: null, l1: null, l0: null } }]
    const images = { ...report.images, failed: 2, misclassified: 98, attacked: 0 }
    const text = shown({ attacks, images, accuracy: { clean: null, robust: report.accuracy.robust } })
    expect(text).toContain('100: 2 failed, 98 misclassified before any attack, 0 attacked')
    expect(text).toContain('unknown: no picture has a given label')
    expect(text).toContain('none broken')
  })

  test('names from outside do not reach the terminal as they are', () => {
    const model = { ...report.model, file: 'a\x1b]0;evil\x07\nb\u202e<img onerror>.onnx' }
    expect(shown({ model })).toContain('Model           a b<img onerror>.onnx, 10')
  })
})

test('one attack for the nearest picture: its robust accuracy at the budget that was asked for', () => {
  const nearest: AttackSummary = { ...pgd, name: 'ddn', norm: 'l2', eps: null, robust: null, params: { steps: 100 } }
  const robust = { ...share(0.4, 0.3, 0.5), norm: 'l2', eps: 0.3 } as const
  const text = summary({ ...report, attacks: [nearest], accuracy: { ...report.accuracy, robust } }, 'out', plain)
  expect(text).toContain('Robust accuracy at L2 0.3: 40.0 % (30.0 to 50.0)')
  expect(text).toContain('More --steps may break pictures that still resist.')
})

test('where no picture resists all attacks, nothing is said of those that resisted one', () => {
  const robust = { ...share(0, 0, 0.04), norm: 'linf', eps: 8 / 255 } as const
  const text = summary({ ...report, accuracy: { ...report.accuracy, robust } }, 'out', plain)
  expect(text).not.toContain('may break')
})
