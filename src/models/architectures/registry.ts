import { expected, suggest } from '../../errors.ts'
import type { Architecture } from './architecture.ts'
import { INCEPTIONS } from './inception.ts'
import { MOBILENETS } from './mobilenet.ts'
import { RESNETS } from './resnet.ts'
import { VGGS } from './vgg.ts'

/** By the name that `--arch` takes. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  ...RESNETS,
  ...MOBILENETS,
  ...INCEPTIONS,
  ...VGGS,
}

/** @throws AdvxError 'usage' when there is none of that name */
export function architectureNamed(name: string): Architecture {
  const names = Object.keys(ARCHITECTURES)
  if (Object.hasOwn(ARCHITECTURES, name)) return ARCHITECTURES[name]
  throw expected('usage', `one of ${names.join(', ')}`, '--arch', name, suggest(name, names))
}
