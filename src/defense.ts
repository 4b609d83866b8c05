import type { Given, Params } from './attack.ts'
import { AdvxError } from './errors.ts'
import { NORMS, type Norm, type NormName } from './norms.ts'
import type { Objective } from './objective.ts'
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

/** What a defense by training is given. */
export interface Lesson {
  /** The threat that is trained against; of a defense without norms L2, which then means nothing. */
  readonly norm: Norm
  /** The budget; 0 of a norm that has none. */
  readonly eps: number
  /** The model as it was given: a batch of pictures to logits, [B, K]. Its weights do not change. */
  readonly before: (x: Tensor) => Tensor
}

/** What a layer gives for a picture and for the adversarial one made of it, row by row. */
export interface FeaturePair {
  readonly clean: Float32Array
  readonly adversarial: Float32Array
}

/** One defense. `defenses/<name>.ts` default-exports exactly one, and `<name>` is its name in the CLI. */
export interface Defense<P extends Params = Params> {
  readonly title: string
  /** Authors, year, URL and section. */
  readonly paper: string
  /** Parameters with their defaults, by the names of the glossary. */
  readonly params: P
  /** The norms that it can be made for, the usual one first, each with its default budget where it has one. */
  readonly norms?: Readonly<Partial<Record<NormName, { readonly eps?: number }>>>
  /**
   * At inference: the logits of the hardened model, which is the model and what is around it in one graph, so that attacks
   * see through it. A step that has no gradient gets one by `straightThrough`, and the file that is written is read back
   * with the same.
   */
  infer?(model: Undefended, params: Given<P>): Tensor
  /**
   * Or by leaving features of a layer out: how much each tells adversarial pictures from clean ones, by the layer's values
   * in pairs of them. The parameters `layer` and `masked` say where, and how many are left out.
   */
  rank?(pairs: readonly FeaturePair[], params: Given<P>): Float64Array
  /** Or by training: what shall become small, from the weights of the model on. */
  teach?(lesson: Lesson, params: Given<P>): Objective
}

/**
 * Types a defense's definition and checks what types cannot.
 *
 * @throws AdvxError when a field is missing or a default lies outside its range.
 */
export function defense<const P extends Params>(definition: Defense<P>): Defense {
  const { title, paper, params, norms, infer, teach, rank } = definition
  const wrong = (what: string): AdvxError => new AdvxError('usage', `defense({ title: '${title}' }) ${what}`)
  if (typeof title !== 'string' || typeof paper !== 'string') throw wrong('needs a title and a paper, both text')
  if ([infer, teach, rank].filter(way => typeof way === 'function').length !== 1)
    throw wrong('needs one function: infer(model, params), teach(lesson, params), or rank(pairs, params)')
  if (rank && !('layer' in (params ?? {}) && 'masked' in (params ?? {})))
    throw wrong('has rank(), and not the parameters `layer` and `masked`')
  const known = Object.keys(NORMS)
  const named = Object.entries(norms ?? {})
  if (named.some(([n]) => !known.includes(n))) throw wrong(`has norms that are none of ${known.join(', ')}`)
  const budgets = named.flatMap(([, n]) => (n && 'eps' in n ? [['eps', n.eps] as const] : []))
  for (const [name, value] of [...Object.entries(params ?? {}), ...budgets]) {
    const fit = misfit(name, value, typeof value === 'string' ? value : 0)
    if (fit !== null) throw wrong(`has ${name} = ${value}, not ${fit}`)
  }
  return { ...definition, params: params ?? {} } as unknown as Defense
}
