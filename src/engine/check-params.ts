import type { Attack } from '../attack.ts'
import { AdvxError, expected, suggest } from '../errors.ts'
import { misfit, type Params } from '../params.ts'

/**
 * Whether each parameter, `steps` or `pgd.steps`, is one of these attacks' and has a value that it can have.
 *
 * @throws AdvxError 'usage'
 */
export function checkParams(params: Params, attacks: readonly { name: string; attack: Attack }[]): void {
  for (const [key, value] of Object.entries(params)) {
    const dot = key.lastIndexOf('.')
    const [owner, name] = dot < 0 ? [null, key] : [key.slice(0, dot), key.slice(dot + 1)]
    const takers = attacks.filter(a => (owner === null || a.name === owner) && name in a.attack.params)
    if (takers.length === 0) {
      const all = [...new Set(attacks.flatMap(a => Object.keys(a.attack.params)))]
      const list =
        all.length > 0
          ? `a parameter of the chosen attacks (${all.map(p => `--${p}`).join(', ')})`
          : 'no parameter: the chosen attacks have none'
      throw new AdvxError('usage', `Expected ${list} but got --${key}. ${suggest(name, all)}`.trim())
    }
    const fit = misfit(name, value, takers[0].attack.params[name])
    if (fit !== null) throw expected('usage', fit, `--${key}`, value)
  }
}
