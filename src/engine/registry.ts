import { type Attack, attack as checkedAttack } from '../attack.ts'
import { defense as checkedDefense, type Defense } from '../defense.ts'
import { isPath, type Kind, loadNamed, type Named, namesOf } from './definitions.ts'

export { isPath }

/** An attack and where it comes from. */
export interface NamedAttack extends Omit<Named<Attack>, 'definition'> {
  readonly attack: Attack
}

/** A defense and where it comes from. */
export interface NamedDefense extends Omit<Named<Defense>, 'definition'> {
  readonly defense: Defense
}

const ATTACKS: Kind<Attack> = {
  word: 'attack',
  is(value) {
    const { step, run, stages } = (value ?? {}) as Partial<Attack>
    return typeof (step ?? run ?? stages) === 'function'
  },
  checked: checkedAttack,
}

const DEFENSES: Kind<Defense> = {
  word: 'defense',
  is(value) {
    const { infer, teach, rank } = (value ?? {}) as Partial<Defense>
    return typeof (infer ?? teach ?? rank) === 'function'
  },
  checked: checkedDefense,
}

export const attackNames = (): Promise<string[]> => namesOf(ATTACKS)
export const defenseNames = (): Promise<string[]> => namesOf(DEFENSES)

/** An attack of ours by its name, or anybody's by the path of its file. */
export async function loadAttack(name: string): Promise<NamedAttack> {
  const { definition, ...where } = await loadNamed(ATTACKS, name)
  return { ...where, attack: definition }
}

/** The same for a defense. */
export async function loadDefense(name: string): Promise<NamedDefense> {
  const { definition, ...where } = await loadNamed(DEFENSES, name)
  return { ...where, defense: definition }
}
