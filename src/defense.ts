import type { Given, Params } from './attack.ts'
import { AdvxError } from './errors.ts'
import { misfit } from './params.ts'
import type { Tensor } from './tensor.ts'

/** What a defense at inference is put around. */
export interface Undefended {
  /** The pictures, [N, C, H, W] in [0, 1]. */
  readonly x: Tensor
  /** The undefended model: pictures of that shape to logits, [N, K]. */
  readonly logits: (x: Tensor) => Tensor
  /** A number in (0, 1), drawn while the model is made: it is the same for every picture. It depends on the seed alone. */
  readonly random: () => number
}

/** One defense. `defenses/<name>.ts` default-exports exactly one, and `<name>` is its name in the CLI. */
export interface Defense<P extends Params = Params> {
  readonly title: string
  /** Authors, year, URL and section. */
  readonly paper: string
  /** Parameters with their defaults, by the names of the glossary. */
  readonly params: P
  /**
   * The logits of the hardened model, which is the model and what is around it in one graph: attacks see through it. A
   * step that has no gradient gets one by `straightThrough`, and the file that is written is read back with the same.
   */
  infer(model: Undefended, params: Given<P>): Tensor
}

/**
 * Types a defense's definition and checks what types cannot.
 *
 * @throws AdvxError when a field is missing or a default lies outside its range.
 */
export function defense<const P extends Params>(definition: Defense<P>): Defense {
  const { title, paper, params, infer } = definition
  const wrong = (what: string): AdvxError => new AdvxError('usage', `defense({ title: '${title}' }) ${what}`)
  if (typeof title !== 'string' || typeof paper !== 'string') throw wrong('needs a title and a paper, both text')
  if (typeof infer !== 'function') throw wrong('needs a function infer(model, params)')
  for (const [name, value] of Object.entries(params ?? {})) {
    const fit = misfit(name, value, typeof value === 'string' ? value : 0)
    if (fit !== null) throw wrong(`has ${name} = ${value}, not ${fit}`)
  }
  return { ...definition, params: params ?? {} } as unknown as Defense
}
