import { access, constants, lstat, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AdvxError } from '../errors.ts'
import { outputError } from './file-error.ts'
import { type JsonLines, openJsonLines } from './json-lines.ts'
import { takeLock } from './lock.ts'
import { asWritten, differences, readPlan, writePlan } from './plan-file.ts'
import { REPORTS, removeResults } from './remove-results.ts'
import { UNFINISHED } from './write-file.ts'

/** An out folder that this run alone writes to: its `results.jsonl`, and the lock until `close`. */
export interface OutFolder extends JsonLines {
  /** Its real path. */
  readonly path: string
  /** Whether a run of the same plan began here before. */
  readonly resumed: boolean
}

/** Names in an out folder that only results of ours have. */
const OURS = ['results.jsonl', ...REPORTS, 'clean']

/**
 * Makes or opens an out folder for a plan. The same plan resumes; `force` removes the earlier results first, which are
 * what `results.jsonl` names, and nothing else.
 * @param plan what would make a result another one; JSON keeps it as `plan.json`
 * @param folders further names that the run will make in it, one for each attack
 * @throws AdvxError 'usage' when another run holds it, it holds results of another plan or files that are not ours;
 *   'output' when it cannot be written
 */
export async function openOut(
  folder: string,
  plan: object,
  { force = false, folders = [] }: { force?: boolean; folders?: readonly string[] } = {},
): Promise<OutFolder> {
  const path = await makeFolder(folder)
  const lock = await takeLock(path)
  try {
    const there = await readPlan(path)
    if (there === null) await refuseForeign(path, [...OURS, ...folders])
    if (there === 'foreign') throw occupied(path, ['plan.json'])
    if (lock.afterKill || (there && force)) await removeUnfinished(path)
    if (there && force) await removeResults(path)
    const wanted = asWritten(plan)
    const differing = there && !force ? differences(there, wanted) : []
    if (differing.length > 0) throw otherPlan(path, differing)
    const resumed = there !== null && !force
    if (!resumed) await writePlan(path, wanted)
    const results = await openJsonLines(join(path, 'results.jsonl'))
    const close = async (): Promise<void> => {
      await results.close()
      await lock.release()
    }
    return { ...results, path, resumed, close }
  } catch (cause) {
    await lock.release()
    throw outputError(cause, `in '${path}'`)
  }
}

async function makeFolder(folder: string): Promise<string> {
  try {
    await makeFolders(resolve(folder))
    await access(folder, constants.W_OK)
    return await realpath(folder)
  } catch (cause) {
    throw outputError(cause, `in the folder '${folder}'`)
  }
}

/** One folder after the other: `mkdir` with `recursive` never ends where the system makes no folders, as below /proc. */
async function makeFolders(path: string, inTheWay = 'EEXIST'): Promise<void> {
  const there = await stat(path).catch(() => null)
  if (there?.isDirectory()) return
  if (there) throw Object.assign(new Error('not a folder'), { code: inTheWay })
  await makeFolders(dirname(path), 'ENOTDIR')
  await mkdir(path).catch(async cause => {
    if (cause.code !== 'EEXIST') throw cause
  })
}

async function refuseForeign(path: string, names: readonly string[]): Promise<void> {
  const taken = await Promise.all(
    names.map(name =>
      lstat(join(path, name)).then(
        () => name,
        () => null,
      ),
    ),
  )
  const there = taken.filter(name => name !== null)
  if (there.length > 0) throw occupied(path, there)
}

function occupied(path: string, names: readonly string[]): AdvxError {
  const list = names.map(name => `'${name}'`).join(', ')
  const what = `Expected an out folder that is new or holds results of advx but '${path}' holds ${list} and no plan of ours.`
  return new AdvxError('usage', `${what} Choose another --out or move them away.`)
}

function otherPlan(path: string, differing: readonly string[]): AdvxError {
  const shown = differing.slice(0, 8).join('; ')
  const more = differing.length > 8 ? `; and ${differing.length - 8} more` : ''
  const hint = 'Give --force to replace them, or another --out.'
  return new AdvxError('usage', `'${path}' holds results of another plan: ${shown}${more}. ${hint}`)
}

/** Files that a killed run was writing. */
async function removeUnfinished(path: string): Promise<void> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const unfinished = entries.filter(entry => entry.isFile() && UNFINISHED.test(entry.name))
  await Promise.all(unfinished.map(entry => rm(join(entry.parentPath, entry.name), { force: true })))
}
