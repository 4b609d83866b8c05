import { grouped } from './grouped.ts'
import { share } from './metrics.ts'
import type { ClassFigures } from './options.ts'
import { type Group, isRight } from './robustness.ts'

/** How each true class fared, by its index. `held`: whether a picture is still classified rightly after all attacks. */
export function classFigures(
  usable: readonly Group[],
  names: readonly string[],
  held: (group: Group) => boolean,
): ClassFigures[] {
  return [...grouped(usable, ([line]) => line.label!)]
    .sort(([a], [b]) => a - b)
    .map(([label, groups]) => {
      const labelled = groups.filter(([line]) => line.labelFrom !== 'prediction')
      return {
        class: label,
        name: names[label],
        pictures: groups.length,
        clean: share(labelled.filter(isRight).length, labelled.length),
        robust: share(groups.filter(held).length, groups.length),
      }
    })
}
