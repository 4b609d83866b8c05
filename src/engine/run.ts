import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AdvxError, Interrupted } from '../errors.ts'
import { executorNamed, resolveDevice } from '../exec/devices.ts'
import { readPictureFile } from '../io/decode.ts'
import { type OutFolder, openOut } from '../io/results.ts'
import { fileHash } from '../models/file-hash.ts'
import { numberOf } from '../params.ts'
import { aims } from './aims.ts'
import { open } from './calibrate.ts'
import { type Facts, observe } from './checks.ts'
import { inOrder } from './in-order.ts'
import type { Item } from './items.ts'
import type { AttackOptions, Line, RunEvent, RunResult } from './options.ts'
import { attackPicture, type Context } from './picture.ts'
import type { AttackPlan, Pass } from './plan.ts'
import { availableThreads, hire } from './pool.ts'
import { type Prepared, prepare } from './prepare.ts'
import { reader, sha256 } from './reader.ts'
import { writeReports } from './reports.ts'
import { type Strips, stripsOf } from './strips.ts'
import { exitCode, summarise } from './summary.ts'

export { prepare, type Prepared }

export type RunOptions = AttackOptions & { readonly command?: string }

/**
 * Attacks pictures and writes what the contract says into the out folder: perturbed pictures, results.jsonl, report.
 *
 * @throws AdvxError for what a user can mend; Interrupted when `signal` aborts.
 */
export async function runAttack(
  options: RunOptions,
  on: (event: RunEvent) => void = () => {},
  signal?: AbortSignal,
): Promise<RunResult> {
  const began = performance.now()
  const executor = executorNamed(await resolveDevice(options.device))
  const pool = hire(executor, options.threads ?? availableThreads())
  try {
    const prepared = await prepare(options, executor)
    for (const message of prepared.notes) on({ type: 'note', message })
    const out = await openOut(prepared.out, prepared.record, {
      force: options.force ?? false,
      folders: prepared.passes.map(pass => pass.folder),
    })
    try {
      const read = reader(prepared)
      const { batch, milliseconds, layout, notes } = await open(prepared, pool, read.ahead)
      for (const message of notes) on({ type: 'note', message })
      const context: Context = { prepared, pool, read: read.item, out: out.path }
      const inFlight = options.batchSize ?? 4 * pool.lanes * batch + 8 // being attacked, read and written
      const { passes, items, classifier } = prepared
      const strips = stripsOf(out.path, passes.length * items.length, classifier.input.channels)
      const [facts, lines] = await Promise.all([
        observe(context),
        attackAll(context, out, strips, inFlight, on, signal),
      ])
      const seconds = (performance.now() - began) / 1000
      const report = summarise(prepared, lines, facts, {
        command: options.command ?? 'advx (library)',
        model: options.model ?? 'fashion-resnet',
        seconds,
        threads: pool.lanes,
        batch,
        millisecondsPerGradient: milliseconds,
        layout,
        resultsSha256: await fileHash(join(out.path, 'results.jsonl')),
        failUnder: options.failUnder ?? null,
        notes: [...prepared.notes, ...notes],
      })
      await writeReports(out.path, report, lines, prepared, strips)
      return { report, out: out.path, exitCode: exitCode(report, options.strict ?? false) }
    } finally {
      await out.close()
    }
  } finally {
    await pool.close()
    await executor.close()
  }
}

/** How long the run would take, by a trial of its programs. */
export async function estimate(
  prepared: Prepared,
  threads: number = availableThreads(),
): Promise<{ seconds: number; millisecondsPerGradient: number; batch: number; threads: number }> {
  const pool = hire(prepared.executor, threads)
  try {
    const { batch, milliseconds } = await open(prepared, pool)
    const gradients = prepared.passes.reduce(
      (total, { plan }) => total + gradientsOf(plan, prepared.classifier.classes.length, prepared.target !== null),
      0,
    )
    const seconds = (gradients * prepared.items.length * milliseconds) / 1000 / pool.lanes
    return { seconds, millisecondsPerGradient: milliseconds, batch, threads: pool.lanes }
  } finally {
    await pool.close()
    await prepared.executor.close()
  }
}

/** What an attack costs an image at most, in gradients; a query costs about a third of one. */
function gradientsOf({ attack, params, stages }: AttackPlan, classes: number, targeted: boolean): number {
  if (stages.length > 0) return stages.reduce((sum, stage) => sum + gradientsOf(stage, classes, targeted), 0)
  const starts = numberOf(params, 'restarts', 1) * Math.max(1, Math.min(aims(params, targeted), classes - 1))
  const steps =
    numberOf(params, 'steps', 1) *
    numberOf(params, 'rounds', 1) *
    (attack.gradients?.(params, { classes, targeted }) ?? 1)
  return starts * (steps + numberOf(params, 'queries', 0) / 3)
}

interface Task {
  readonly pass: Pass
  readonly item: Item
}

/** Works through the plan; lines that an earlier run left and that still hold are kept. */
async function attackAll(
  context: Context,
  out: OutFolder,
  strips: Strips,
  inFlight: number,
  on: (event: RunEvent) => void,
  signal: AbortSignal | undefined,
): Promise<Line[]> {
  const { passes, items } = context.prepared
  const tasks: Task[] = passes.flatMap(pass => items.map(item => ({ pass, item })))
  const before = (await out.lines()) as Line[]
  const known = new Map(before.map(line => [keyOf(line.attack, line.eps, line.image), line]))
  const work = async ({ pass, item }: Task): Promise<Line> => {
    const old = known.get(keyOf(pass.plan.name, pass.eps, item.source.name))
    if (old && (await stillHolds(old, item, out.path))) return old
    const { line, clean, adversarial } = await attackPicture(context, pass, item)
    if (clean && ['adversarial', 'robust'].includes(line.outcome)) strips.add(line, clean, adversarial)
    return line
  }
  const lines: Line[] = []
  let intact = true // the file so far is what it shall be
  on({ type: 'start', total: tasks.length, done: 0 })
  for await (const line of inOrder(tasks, work, inFlight, signal)) {
    const at = lines.length
    if (intact && before[at] !== line) {
      intact = false
      await out.truncate(at)
    }
    if (!intact) await out.append(line)
    lines.push(line)
    on({ type: 'line', line, done: lines.length, total: tasks.length })
  }
  if (signal?.aborted) throw new Interrupted()
  if (intact) await out.truncate(lines.length)
  if (lines.every(line => line.outcome === 'failed'))
    throw new AdvxError('picture', `None of the ${items.length} pictures can be used. The first: ${lines[0].error}`)
  return lines
}

const keyOf = (attack: string, eps: number | null, image: string): string => `${attack}\0${eps}\0${image}`

/** Whether a line of an earlier run is what this run would find: same picture, same files. */
async function stillHolds(line: Line, { source, output }: Item, out: string): Promise<boolean> {
  if (line.outcome === 'failed') return false
  try {
    if (sha256(await readPictureFile(source.path)) !== line.sha256) return false
    const clean = sha256(await readFile(join(out, 'clean', output)))
    if (line.cleanSha256 !== undefined && line.cleanSha256 !== clean) return false
    return line.file === null || sha256(await readFile(join(out, line.file))) === line.fileSha256
  } catch {
    return false
  }
}

export type { Facts }
