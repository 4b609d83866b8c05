/** What a parameter's name means, in every attack, in the CLI's help and in reports. */
export type Glossary = NumberTerm | WordTerm
export interface NumberTerm {
  readonly symbol: string
  readonly help: string
  readonly min: number
  readonly max: number
  /** Whole numbers that shape the computation; the others are inputs of it, so that a sweep compiles once. */
  readonly structural?: true
}
/** A parameter that is a word; it shapes the computation. */
export interface WordTerm {
  readonly symbol: string
  readonly help: string
  /** What it can be; any text when absent. */
  readonly choices?: readonly string[]
}
export type Value = number | string
export type Params = Readonly<Record<string, Value>>

export const GLOSSARY = {
  eps: { symbol: 'ε', help: 'budget, in units where a pixel is 0..1', min: 0, max: Infinity },
  alpha: { symbol: 'α', help: 'step size, as a share of ε', min: 0, max: 10 },
  steps: { symbol: 'T', help: 'number of steps', min: 1, max: 1e6, structural: true },
  restarts: {
    symbol: 'R',
    help: 'number of starts, each on the images that still resist',
    min: 1,
    max: 1e5,
    structural: true,
  },
  rounds: { symbol: 'B', help: 'number of outer searches, each of `steps` steps', min: 1, max: 1e4, structural: true },
  targets: {
    symbol: 'M',
    help: 'other classes aimed at, a start each, the likeliest first; 0: none in particular. With --target that one alone',
    min: 0,
    max: 1e5,
    structural: true,
  },
  loss: {
    symbol: 'J',
    help: 'what is climbed: the cross-entropy, or the difference of logits ratio, which no scale of the logits changes',
    choices: ['ce', 'dlr'],
  },
  queries: {
    symbol: 'Q',
    help: 'pictures that the model is asked about in a start, at most',
    min: 1,
    max: 1e9,
    structural: true,
  },
  samples: {
    symbol: 'B₀',
    help: 'points around one at the boundary that its slope is estimated from, at first',
    min: 1,
    max: 1e6,
    structural: true,
  },
  candidates: { symbol: 'K', help: 'classes looked at, the likeliest first', min: 2, max: 1e5, structural: true },
  gamma: {
    symbol: 'γ',
    help: 'share by which the distance changes in a step; in jsma: of the features that may change',
    min: 0,
    max: 1,
  },
  theta: { symbol: 'θ', help: 'by how much a value moves in a step, in units where a pixel is 0..1', min: -1, max: 1 },
  scores: {
    symbol: 'F',
    help: "what a class's slope is taken of",
    choices: ['logits', 'softmax'],
  },
  features: {
    symbol: 'p, q',
    help: 'what moves together: one value, or all of a pixel',
    choices: ['values', 'pixels'],
  },
  share: { symbol: 'ρ', help: 'share of the pixels that stay from round to round', min: 0, max: 1 },
  overshoot: { symbol: 'η', help: 'how far beyond the boundary, as a share of the way', min: 0, max: 10 },
  lr: { symbol: 'lr', help: 'step size of the optimiser, in units of what it moves', min: 0, max: 10 },
  c: {
    symbol: 'c',
    help: 'weight of the class against the squared distance, in the first round',
    min: 1e-12,
    max: 1e12,
  },
  kappa: { symbol: 'κ', help: 'lead in logits that is asked for beyond what counts as adversarial', min: 0, max: 1e6 },
  layer: { symbol: 'φ', help: "name of a value inside the model (advx inspect --layers); '': the scores" },
  guide: { symbol: 'x_g', help: 'file of the picture whose activations are approached' },
  bits: { symbol: 'b', help: 'bits that a value keeps', min: 1, max: 8, structural: true },
  window: { symbol: 'k', help: 'side of the window, in pixels', min: 2, max: 9, structural: true },
  quality: { symbol: 'q', help: "JPEG's, 100 the best", min: 1, max: 100, structural: true },
  transforms: { symbol: 'K', help: 'transforms that the scores are the mean of', min: 1, max: 100, structural: true },
  smallest: { symbol: 'r', help: 'least size of the picture in a transform, as a share of its own', min: 0.1, max: 1 },
  spread: {
    symbol: 's',
    help: 'share of the budget that the first point is drawn from; 0: the picture itself',
    min: 0,
    max: 1,
  },
  clean: {
    symbol: 'λ',
    help: 'weight of the pictures as they are, the rest being that of the adversarial ones',
    min: 0,
    max: 1,
  },
  ramp: { symbol: 'w', help: 'epochs in which the budget rises', min: 0, max: 1e4 },
  beta: { symbol: 'β', help: 'weight of how far the scores move within the ball', min: 0, max: 1e6 },
  lambda: { symbol: 'λ', help: "weight of the gradient's length", min: 0, max: 1e9 },
  power: { symbol: 'p', help: "power of the gradient's length: 1 or 2", min: 1, max: 2, structural: true },
  smoothing: { symbol: 's', help: 'share of a label that is spread over all classes', min: 0, max: 0.999 },
  masked: { symbol: 'm', help: 'share of the features that is left out', min: 0, max: 1 },
  temperature: { symbol: 'T', help: 'what the scores are divided by in training', min: 1, max: 1000 },
  mu: { symbol: 'μ', help: 'decay of the momentum', min: 0, max: 10 },
} as const satisfies Record<string, Glossary>

type Term = keyof typeof GLOSSARY
/** Names of whole numbers that shape the computation. */
export type Structural = { [K in Term]: (typeof GLOSSARY)[K] extends { structural: true } ? K : never }[Term]

/** The glossary's entry, or what is known of a parameter that an attack brings itself: it is of its default's kind. */
export const describe = (name: string, value: Value): Glossary =>
  (GLOSSARY as Readonly<Record<string, Glossary>>)[name] ?? {
    symbol: name,
    help: "the attack's own parameter",
    ...(typeof value === 'string' ? {} : { min: -Infinity, max: Infinity }),
  }

export const isNumber = (term: Glossary): term is NumberTerm => 'min' in term

/** Whether a value is an input of the computation, as a scalar, not a part of its shape. */
export function isInput(name: string, value: Value): value is number {
  const term = describe(name, value)
  return isNumber(term) && !term.structural
}

/** What a parameter should be, where `value` is not that; else null. `own`: its default. */
export function misfit(name: string, value: unknown, own: Value): string | null {
  const term = describe(name, own)
  if (!isNumber(term)) {
    if (typeof value === 'string' && (term.choices?.includes(value) ?? true)) return null
    return term.choices ? `one of ${term.choices.join(', ')}` : 'text'
  }
  const { min, max, structural } = term
  const whole = structural === true
  if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))) return null
  return `a ${whole ? 'whole ' : ''}number ${range(min, max)}`
}

const range = (min: number, max: number): string =>
  max === Infinity ? `of at least ${min}` : min === -Infinity ? `up to ${max}` : `from ${min} to ${max}`

/** A number out of an attack's parameters, or what it counts as where the attack has none of that name. */
export function numberOf(params: Params, name: keyof typeof GLOSSARY, absent: number): number {
  const value = params[name] ?? absent
  return typeof value === 'number' ? value : absent
}
