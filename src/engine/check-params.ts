import { AdvxError, expected, suggest } from '../errors.ts'
import { misfit, type Params } from '../params.ts'

/** An attack or a defense by its name, and its parameters with their defaults. */
export interface Parametrised {
  readonly name: string
  readonly params: Params
}

/**
 * Whether each parameter, `steps` or `pgd.steps`, is one of theirs and has a value that it can have.
 *
 * @param whom who they are, for the message
 * @throws AdvxError 'usage'
 */
export function checkParams(params: Params, all: readonly Parametrised[], whom: string): void {
  for (const [key, value] of Object.entries(params)) {
    const dot = key.lastIndexOf('.')
    const [owner, name] = dot < 0 ? [null, key] : [key.slice(0, dot), key.slice(dot + 1)]
    const takers = all.filter(a => (owner === null || a.name === owner) && name in a.params)
    if (takers.length === 0) {
      const names = [...new Set(all.flatMap(a => Object.keys(a.params)))]
      const list =
        names.length > 0
          ? `a parameter of ${whom} (${names.map(p => `--${p}`).join(', ')})`
          : `no parameter: ${whom} have none`
      throw new AdvxError('usage', `Expected ${list} but got --${key}. ${suggest(name, names)}`.trim())
    }
    const fit = misfit(name, value, takers[0].params[name])
    if (fit !== null) throw expected('usage', fit, `--${key}`, value)
  }
}

/** All parameters of one: those given for it, or for whoever has them, else its defaults. */
export const ownParams = ({ name, params }: Parametrised, given: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, given[`${name}.${key}`] ?? given[key] ?? value]),
  )

/** Of parameters for many those that some of `takers` take. */
export const paramsFor = (given: Params, takers: readonly Parametrised[]): Params =>
  Object.fromEntries(
    Object.entries(given).filter(([key]) =>
      takers.some(({ name, params }) => Object.keys(params).some(own => key === own || key === `${name}.${own}`)),
    ),
  )
