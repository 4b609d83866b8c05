import { realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { AdvxError, expected } from '../errors.ts'
import { quote } from './onnx/quote.ts'

/** Where a file lies that a model names. `subject` is what is in it, `says` how an error begins: 'The tensor x lies in'. */
export type Locate = (location: string, subject: string, says: string) => string

/**
 * Finds the files that belong to the model file at `path`. A location is a path below its folder that, all links
 * resolved, stays below it (or below the folder of the file that `path` links to: that is how a Hugging Face cache
 * looks). Throws where it leads elsewhere or to no file.
 */
export function locator(path: string): Locate {
  const folder = dirname(path)
  const roots = [realpathSync(folder), dirname(realpathSync(path))]
  return (location, subject, says) => {
    const outside = () => expected('model', "a file in the model's folder", subject, location.slice(0, 200))
    if (!location || location.includes('\0') || isAbsolute(location) || location.split(/[/\\]/).includes('..'))
      throw outside()
    let file: string
    try {
      file = realpathSync(join(folder, location))
      if (!statSync(file).isFile()) throw outside()
    } catch (error) {
      if (error instanceof AdvxError) throw error
      const hint = 'Put it beside the model, under the name it was exported with.'
      throw new AdvxError(
        'model',
        `${says} the external file ${quote(join(folder, location))}, which cannot be read (${(error as NodeJS.ErrnoException).code}). ${hint}`,
        { cause: error },
      )
    }
    if (roots.some(root => inside(root, file))) return file
    throw outside()
  }
}

function inside(root: string, file: string): boolean {
  const way = relative(root, file)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
