import { AdvxError, expected, type Fault, suggest } from '../errors.ts'
import { isObject, parseObject, readText } from './settings.ts'

/** Names of a model's classes and where they were found. */
export interface ClassNames {
  readonly names: readonly string[]
  readonly from: 'option' | 'config.json' | 'metadata' | 'indices'
}

export interface ClassPlaces {
  /** `--classes`: a file with a name a line. */
  readonly option?: string | undefined
  /** config.json beside the model, where there is one. */
  readonly beside?: string | undefined
  /** The ONNX metadata key advx.classes. */
  readonly metadata?: string | undefined
}

/** The first that there is: the option, `id2label` beside the model, the model's metadata, else the indices as text. */
export async function findClassNames({ option, beside, metadata }: ClassPlaces, count: number): Promise<ClassNames> {
  if (option !== undefined)
    return {
      names: counted(await readClassNames(option, 'usage'), count, option, 'usage'),
      from: 'option',
    }
  if (beside !== undefined) {
    const { id2label } = parseObject(await readText(beside, 'model'), beside, 'model')
    if (id2label !== undefined && id2label !== null)
      return { names: counted(byIndex(id2label, beside), count, beside, 'model'), from: 'config.json' }
  }
  if (metadata !== undefined) {
    const subject = "the model's metadata advx.classes"
    return { names: counted(parseList(metadata, subject), count, subject, 'model'), from: 'metadata' }
  }
  return { names: Array.from({ length: count }, (_, i) => String(i)), from: 'indices' }
}

function counted(names: readonly string[], count: number, subject: string, fault: Fault): readonly string[] {
  if (names.length === count) return names
  const hint =
    count - names.length === 1
      ? "The model's first class may be a background class: then the list begins with a name for it."
      : 'Each class needs one name.'
  throw expected(fault, `${count} class names, as many as the model has classes,`, subject, names.length, hint)
}

/** The names in a file, one a line; what ends the last line may be missing. */
export async function readClassNames(path: string, fault: Fault): Promise<string[]> {
  const lines = (await readText(path, fault)).split(/\r\n|\n|\r/).map(line => line.trim())
  if (lines[lines.length - 1] === '') lines.pop()
  const empty = lines.indexOf('')
  if (empty >= 0) throw expected(fault, 'a class name', `line ${empty + 1} of ${path}`, 'an empty line')
  return lines
}

/** {"0": "cat", "1": "dog"}: every index from 0 on, in any order. */
function byIndex(id2label: unknown, path: string): string[] {
  const subject = `'id2label' of ${path}`
  if (!isObject(id2label)) throw expected('model', 'names by index', subject, JSON.stringify(id2label))
  const count = Object.keys(id2label).length
  return Array.from({ length: count }, (_, i) => {
    const name = Object.hasOwn(id2label, String(i)) ? id2label[i] : undefined
    if (typeof name !== 'string')
      throw expected('model', `a name for class ${i}`, subject, JSON.stringify(name) ?? 'none')
    return name
  })
}

function parseList(text: string, subject: string): string[] {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    throw new AdvxError('model', `${subject} is no JSON: ${(error as Error).message}.`, { cause: error })
  }
  if (Array.isArray(list) && list.every(name => typeof name === 'string')) return list
  throw expected('model', 'a list of names', subject, isObject(list) ? 'an object' : typeof list)
}

/**
 * The classes that a text may mean: those of that name; else that of that index; else those of that name in other
 * letters' case.
 */
export function findClass(text: string, classes: readonly string[]): readonly number[] {
  const exact = having(classes, name => name === text)
  if (exact.length > 0) return exact
  if (/^\d+$/.test(text)) return Number(text) < classes.length ? [Number(text)] : []
  const lower = text.toLowerCase()
  return having(classes, name => name.toLowerCase() === lower)
}

const having = (classes: readonly string[], holds: (name: string) => boolean): number[] =>
  [...classes.keys()].filter(i => holds(classes[i]))

/** The class that a text names. Throws where it names none, or several: two classes of ImageNet are called 'crane'. */
export function resolveClass(text: string, classes: readonly string[], subject = 'a class'): number {
  const [found, ...others] = findClass(text, classes)
  if (found === undefined) {
    const what = `a class name or an index from 0 to ${classes.length - 1}`
    throw expected('usage', what, subject, text, suggest(text, classes))
  }
  if (others.length === 0) return found
  const indices = [found, ...others].join(', ')
  throw expected('usage', 'one class', subject, text, `The classes ${indices} have that name: give an index.`)
}
