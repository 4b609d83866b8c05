/** What formulas of attacks write alike. */
const SYMBOLS: readonly (readonly [symbol: RegExp, text: string, meaning: string])[] = [
  [/x₀/, 'x₀', 'the clean picture, in [0,1]'],
  [/\by\b|_y/, 'y', 'the class to leave or, targeted, to reach'],
  [/\bz\b|\bz_/, 'z', 'the logits'],
  [/\bJ\b/, 'J', 'the cross-entropy or, targeted, −1 times it'],
  [/Π/, 'Π', 'the nearest point of a set'],
  [/B\(/, 'B(x₀, ε)', 'what lies within ε of x₀ in the norm'],
  [/direction\(/, 'direction(g)', 'g / ‖g‖₂ in L2, sign(g) in Linf, the signs of the largest |g| in L1'],
  [/‖_q/, '‖·‖_q', 'the norm dual to the one of distances: L2, L1 for Linf, Linf for L1'],
]

/** A formula's lines, without the indentation that all of them share. */
export function formulaLines(formula: string): string[] {
  const lines = formula.split('\n').filter(line => line.trim() !== '')
  const shared = Math.min(...lines.map(line => line.length - line.trimStart().length))
  return lines.map(line => line.slice(shared).trimEnd())
}

/** The symbols of a formula that mean the same in all of them, and what. */
export const symbolsOf = (formula: string): [text: string, meaning: string][] =>
  SYMBOLS.filter(([symbol]) => symbol.test(formula)).map(([, text, meaning]) => [text, meaning])
