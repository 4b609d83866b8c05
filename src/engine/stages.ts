import { dirname, resolve } from 'node:path'
import { expected } from '../errors.ts'
import { checkParams } from './check-params.ts'
import type { AttackPlan } from './plan.ts'
import { isPath, loadAttack } from './registry.ts'

/**
 * The attacks of a sequence, with its norm and budgets; none where a plan's attack is no sequence.
 *
 * @throws AdvxError 'usage' for a stage that cannot be run: its attack, norm or parameters are not there.
 */
export async function planStages({
  name,
  attack,
  source,
  norm,
  eps,
  params,
}: Omit<AttackPlan, 'stages'>): Promise<AttackPlan[]> {
  const stages = attack.stages?.(norm, params) ?? []
  if (attack.stages && stages.length === 0)
    throw expected('usage', 'at least one stage', `the sequence '${name}'`, 'none')
  const wrong = (what: string, stage: string, got: string) =>
    expected('usage', what, `stage '${stage}' of '${name}'`, got)
  return Promise.all(
    stages.map(async (stage, i) => {
      if (!/^[\w.-]+$/.test(stage.name))
        throw wrong("a name of letters, digits, '.', '-' and '_'", stage.name, stage.name)
      if (stages.findIndex(other => other.name === stage.name) !== i)
        throw wrong('each stage once', stage.name, 'it twice')
      const path = isPath(stage.attack) ? resolve(dirname(source), stage.attack) : stage.attack
      const loaded = await loadAttack(path)
      if (loaded.attack.stages) throw wrong('an attack that is no sequence', stage.name, stage.attack)
      const known = Object.keys(loaded.attack.norms)
      if (!known.includes(norm)) throw wrong(`an attack in ${norm}`, stage.name, `${loaded.name} (${known.join(', ')})`)
      const own = { name: loaded.name, params: loaded.attack.params }
      checkParams(stage.params ?? {}, [own], `the stage ${stage.name}`)
      return {
        ...loaded,
        name: stage.name,
        norm,
        eps,
        params: { ...loaded.attack.params, ...stage.params },
        stages: [],
      }
    }),
  )
}
