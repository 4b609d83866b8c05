import type { AttackSummary, Line, Report, Share } from '../../src/engine/options.ts'

// A run as the engine would describe it, small enough to count by hand.

const CLASSES = ['bag', 'coat', 'shirt']

export const sampleLine = (change: Partial<Line> = {}): Line => ({
  image: 'bag/0.png',
  sha256: 'a'.repeat(64),
  attack: 'pgd',
  norm: 'linf',
  eps: 8 / 255,
  target: null,
  label: 0,
  labelFrom: 'folder',
  clean: { class: 0, confidence: 0.9913 },
  outcome: 'adversarial',
  adversarial: { class: 2, confidence: 0.7102 },
  distance: { linf: 8 / 255, l2: 0.6134, l1: 11.2, l0: 701 },
  beforeRounding: { adversarial: true, linf: 8 / 255, l2: 0.612, l1: 11.1, l0: 703 },
  gradients: 10,
  forwards: 12,
  lattice: { gradients: 0, forwards: 0 },
  zeroGradients: 0,
  nonFinite: 0,
  noise: { samples: 2, fooled: 0, first: false },
  file: 'pgd/bag/0.png',
  fileSha256: 'b'.repeat(64),
  ...change,
})

const untouched = { noise: null, adversarial: null, distance: null, beforeRounding: null, file: null, fileSha256: null }

/** Ten pictures, a fifth of each kind: two bags broken, two hold, two coats are taken for shirts, two broken, two fail. */
export function sampleLines(change: Partial<Line> = {}): Line[] {
  return Array.from({ length: 10 }, (_, i) => {
    const label = i < 4 ? 0 : 1
    const image = `${CLASSES[label]}/${i}.png`
    const at = { image, label, clean: { class: label, confidence: 0.9 }, file: `pgd/${image}`, ...change }
    if (i === 2 || i === 3)
      return sampleLine({ ...at, ...untouched, outcome: 'robust', noise: { samples: 2, fooled: i - 2, first: false } })
    if (i === 4 || i === 5)
      return sampleLine({ ...at, ...untouched, outcome: 'misclassified', clean: { class: 2, confidence: 0.5 } })
    if (i > 7)
      return sampleLine({ ...at, ...untouched, outcome: 'failed', clean: null, label: null, error: `not a PNG: ${i}` })
    return sampleLine(at)
  })
}

export const sampleShare = (k: number, n: number): Share => ({
  value: k / n,
  low: Math.max(0, k / n - 0.1),
  high: Math.min(1, k / n + 0.1),
})

export const sampleSummary = (change: Partial<AttackSummary> = {}): AttackSummary => ({
  name: 'pgd',
  sha256: 'd'.repeat(64),
  title: 'Projected Gradient Descent',
  paper: 'Madry et al. 2018, https://arxiv.org/abs/1706.06083, §2.1',
  norm: 'linf',
  eps: 8 / 255,
  params: { alpha: 0.25, steps: 10 },
  attacked: 6,
  success: sampleShare(4, 6),
  robust: sampleShare(2, 8),
  distance: {
    linf: { median: 7.5 / 255, q1: 7 / 255, q3: 8 / 255 },
    l2: { median: 0.6134, q1: 0.54, q3: 0.702 },
    l1: { median: 11.21, q1: 10, q3: 12.5 },
    l0: { median: 701, q1: 650.5, q3: 1784 },
  },
  lostByRounding: 1,
  beforeRounding: { median: 8 / 255, q1: 8 / 255, q3: 8 / 255 },
  lattice: { gradients: 0, forwards: 0 },
  gradients: 12345,
  forwards: 13579,
  noise: { ...sampleShare(0, 6), samples: 12, missed: 1 },
  ...change,
})

export const sampleReport = (change: Partial<Report> = {}): Report => ({
  schema: 1,
  tool: 'advx',
  version: '0.1.0',
  date: '2025-06-01T12:00:00.000Z',
  command: "advx attack 'my pictures' -a pgd",
  seconds: 192.4,
  model: {
    file: 'fashion-resnet.onnx',
    path: 'models/fashion-resnet.onnx',
    sha256: 'c'.repeat(64),
    output: 'logits',
    classes: 3,
    classNames: CLASSES,
    input: [1, 28, 28],
    preprocessing: {
      name: 'preprocessor_config',
      order: 'rgb',
      scale: 1,
      mean: [0.286],
      std: [0.353],
      geometry: {
        resize: { kind: 'exact', height: 28, width: 28 },
        crop: null,
        resample: 'bilinear',
        height: 28,
        width: 28,
      },
    },
    notes: ['A final Softmax was removed.'],
  },
  images: { found: 10, failed: 2, skipped: 0, misclassified: 2, attacked: 6, labelFrom: { folder: 8 } },
  target: null,
  accuracy: { clean: sampleShare(6, 8), robust: { ...sampleShare(2, 8), norm: 'linf', eps: 8 / 255 } },
  attacks: [sampleSummary()],
  broken: [{ attack: 'pgd', stage: null, pictures: 4, alone: 4 }],
  classes: [
    { class: 0, name: 'bag', pictures: 4, clean: sampleShare(4, 4), robust: sampleShare(2, 4) },
    { class: 1, name: 'coat', pictures: 4, clean: sampleShare(2, 4), robust: sampleShare(0, 4) },
  ],
  confusion: {
    total: 8,
    distinct: 2,
    pairs: [
      { from: 1, to: 2, count: 4 },
      { from: 0, to: 0, count: 2 },
      { from: 0, to: 2, count: 2 },
    ],
  },
  curves: [],
  checks: [
    { id: 'V01', title: 'Clean accuracy is well above chance', status: 'pass', detail: '6 of 8 right' },
    { id: 'V06', title: 'A gradient exists and is not zero', status: 'warn', detail: '3 of 60 gradients are zero' },
  ],
  gate: null,
  seed: 7,
  results: { lines: 10, sha256: 'e'.repeat(64) },
  runtime: { device: 'cpu', threads: 2, millisecondsPerGradient: 1.25, onnxruntime: '1.30.0' },
  notes: [],
  ...change,
})

/** The text that a reader sees: no tags, no style sheet. */
export const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
