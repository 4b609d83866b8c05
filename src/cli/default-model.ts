import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { AdvxError } from '../errors.ts'
import { isGlob, parseGlob } from '../io/glob.ts'
import { commandLine } from './command-line.ts'
import { packageFolder } from './package.ts'

/** What is attacked where no model is named: it knows the pictures beside it and no others. */
export const DEFAULT_MODEL = 'fashion-resnet'

/**
 * Without `-m` only our own pictures can be meant.
 *
 * @throws AdvxError 'usage' that says what to type, for a path elsewhere. One that does not exist is left to the walk.
 */
export async function checkDefaultModel(images: readonly string[]): Promise<void> {
  const ours = await realpath(join(packageFolder, 'fixtures', 'images'))
  for (const image of images) {
    const exact = await realpath(image).catch(() => null)
    const found = exact ?? (isGlob(image) ? await realpath(parseGlob(image).base).catch(() => null) : null)
    if (found === null || found === ours || found.startsWith(ours + sep)) continue
    const typed = `advx attack -m model.onnx ${commandLine(images)}`
    throw new AdvxError(
      'usage',
      `Expected a model for '${image}' but got none. Type: ${typed} (-m ${DEFAULT_MODEL} is the embedded one, for its own pictures)`,
    )
  }
}
