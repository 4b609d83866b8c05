/** What a parameter's name means, in every attack, in the CLI's help and in reports. */
export interface Glossary {
  readonly symbol: string
  readonly help: string
  readonly min: number
  readonly max: number
  /** Whole numbers that shape the computation; the others are inputs of it, so that a sweep compiles once. */
  readonly structural?: true
}

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
  candidates: { symbol: 'K', help: 'classes looked at, the likeliest first', min: 2, max: 1e5, structural: true },
  gamma: { symbol: 'γ', help: 'share by which the distance changes in a step', min: 0, max: 1 },
  overshoot: { symbol: 'η', help: 'how far beyond the boundary, as a share of the way', min: 0, max: 10 },
  lr: { symbol: 'lr', help: 'step size of the optimiser', min: 0, max: 10 },
  c: { symbol: 'c', help: 'weight of the class against the distance, in the first round', min: 1e-12, max: 1e12 },
  kappa: { symbol: 'κ', help: 'lead in logits that is asked for beyond what counts as adversarial', min: 0, max: 1e6 },
  mu: { symbol: 'μ', help: 'decay of the momentum', min: 0, max: 10 },
} as const satisfies Record<string, Glossary>

type Term = keyof typeof GLOSSARY
export type Structural = { [K in Term]: (typeof GLOSSARY)[K] extends { structural: true } ? K : never }[Term]

/** The glossary's entry, or what is known of a parameter that an attack brings itself. */
export const describe = (name: string): Glossary =>
  (GLOSSARY as Readonly<Record<string, Glossary>>)[name] ?? {
    symbol: name,
    help: "the attack's own parameter",
    min: -Infinity,
    max: Infinity,
  }

export const isStructural = (name: string): boolean => describe(name).structural === true
