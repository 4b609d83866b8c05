import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from './write-file.ts'

/** What would make a result another one, as JSON; its `tool` says that a folder is ours. */
export type Plan = { readonly [key: string]: unknown }

/** The plan in a folder; null when there is none; 'foreign' when `plan.json` is another tool's. */
export async function readPlan(folder: string): Promise<Plan | null | 'foreign'> {
  let text: string
  try {
    text = await readFile(join(folder, 'plan.json'), 'utf8')
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return null
    return 'foreign'
  }
  try {
    const plan: unknown = JSON.parse(text)
    return isRecord(plan) && plan.tool === 'advx' ? plan : 'foreign'
  } catch {
    return 'foreign'
  }
}

/** Whether a folder holds results of ours. */
export async function holdsOurPlan(folder: string): Promise<boolean> {
  const plan = await readPlan(folder)
  return plan !== null && plan !== 'foreign'
}

/** Writes `plan.json` for people and for comparing: keys sorted, two spaces. */
export const writePlan = (folder: string, plan: Plan): Promise<void> =>
  writeFileAtomic(join(folder, 'plan.json'), `${JSON.stringify(sorted(plan), null, 2)}\n`)

/** The plan as a file would give it back: with `tool`, without what JSON does not keep. */
export const asWritten = (plan: object): Plan => JSON.parse(JSON.stringify({ ...plan, tool: 'advx' }))

/** One line for each value that differs between two plans: `attacks.0.params.alpha: 0.25 there, 0.1 now`. */
export function differences(there: Plan, now: Plan): string[] {
  const [a, b] = [leaves(there), leaves(now)]
  const keys = [...new Set([...a.keys(), ...b.keys()])].sort()
  const show = (value: string | undefined): string =>
    value === undefined ? 'nothing' : value.length > 60 ? `${value.slice(0, 60)}…` : value
  return keys
    .filter(key => a.get(key) !== b.get(key))
    .map(key => `${key}: ${show(a.get(key))} there, ${show(b.get(key))} now`)
}

/** Every leaf's path and JSON; an empty list or record is a leaf. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  const entries = value !== null && typeof value === 'object' ? Object.entries(value) : []
  if (entries.length === 0) found.set(path, JSON.stringify(value))
  for (const [key, below] of entries) leaves(below, path ? `${path}.${key}` : key, found)
  return found
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sorted(value[key])]),
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
