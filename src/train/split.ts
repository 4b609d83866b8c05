import { expected } from '../errors.ts'
import { fingerprint, generator } from '../random.ts'
import { readData, type Wanted } from './data.ts'
import { chosen, type Pictures } from './pictures.ts'

/** The share that is kept for measuring where nothing else is said. */
const SHARE = 0.1

/**
 * Pictures to train on and to measure on: other data that `validation` names; a share of each class, chosen by the seed;
 * or what the data's makers set apart. A share of 0: all are trained on.
 */
export async function split(
  all: Pictures,
  test: Pictures | null,
  validation: string | number | undefined,
  seed: number,
  wanted: Wanted,
): Promise<{ pictures: Pictures; validation: Pictures | null }> {
  if (typeof validation === 'string') {
    const { size, classes } = all
    const other = await readData(validation, { ...wanted, size, channels: size.channels, classes })
    return { pictures: all, validation: other.test ?? other.train }
  }
  if (validation === undefined && test) return { pictures: all, validation: test }
  const share = validation ?? SHARE
  if (share === 0) return { pictures: all, validation: null }
  const kept = new Set(all.classes.flatMap((_, label) => some(all, label, share, seed)))
  if (kept.size === 0 && validation === undefined) return { pictures: all, validation: null }
  const rest = [...all.labels.keys()].filter(i => !kept.has(i))
  if (rest.length === 0 || kept.size === 0)
    throw expected('usage', 'a share that leaves pictures on both sides', '--validation', share)
  return {
    pictures: chosen(all, rest),
    validation: chosen(
      all,
      [...kept].sort((a, b) => a - b),
    ),
  }
}

/** A share of the pictures of a class; at least one stays. */
function some({ labels }: Pictures, label: number, share: number, seed: number): number[] {
  const own = [...labels.keys()].filter(i => labels[i] === label)
  const next = generator(fingerprint(new Uint8Array(), 4, seed, label))
  const order = own.map(i => [next(), i] as const).sort(([a], [b]) => a - b)
  return order.slice(0, Math.min(own.length - 1, Math.round(share * own.length))).map(([, i]) => i)
}
