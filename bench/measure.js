// What the benchmarks share: whole processes, timed by turns, with their peak memory.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const at = path => fileURLToPath(new URL(path, import.meta.url))
export const ADVX = at('../bin/advx.js')

/** The peak resident memory of a process in MiB; NaN where it has ended, or this is not Linux. */
export function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** Runs a program: wall seconds, peak resident memory in MiB (Linux; else NaN), and the JSON that it printed. */
export function timed(program, args) {
  const began = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let peak = Number.NaN
  const look = () => {
    const now = peakOf(child.pid)
    if (now > 0) peak = now
  }
  const watch = setInterval(look, 20)
  const [out, err] = [[], []]
  child.stdout.on('data', bytes => out.push(bytes))
  child.stderr.on('data', bytes => err.push(bytes))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', status => {
      clearInterval(watch)
      const seconds = (performance.now() - began) / 1000
      if (status !== 0) return reject(new Error(`${program} ${args.join(' ')}\n${Buffer.concat(err)}`))
      resolve({ seconds, peak, result: JSON.parse(Buffer.concat(out).toString() || 'null') })
    })
  })
}

/** Runs the contestants by turns, `rounds` times after one to warm up; what each gave, round by round. */
export async function byTurns(contestants, rounds) {
  const results = Object.fromEntries(Object.keys(contestants).map(name => [name, []]))
  for (let round = 0; round <= rounds; round++)
    for (const [name, run] of Object.entries(contestants)) {
      const result = await run()
      if (round > 0) results[name].push(result)
    }
  return results
}

/** The contestants of one process, each begun when the other's idle threads sleep. */
export const rested = contestants =>
  Object.fromEntries(
    Object.entries(contestants).map(([name, run]) => [
      name,
      async () => {
        await pause(300)
        return run()
      },
    ]),
  )

/** A program that answers each line it is given with one of JSON. */
export function conversation(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    pid: child.pid,
    async ask(line) {
      child.stdin.write(`${line}\n`)
      return JSON.parse((await answers.next()).value)
    },
    end: () => child.stdin.end(),
  }
}

export const median = list => [...list].sort((a, b) => a - b)[list.length >> 1]
/** Of some contestants the one of the least median. */
export const fastest = (times, names) => names.reduce((a, b) => (median(times[a]) < median(times[b]) ? a : b))
export const spread = (list, digits = 2) =>
  `${median(list).toFixed(digits)} (${Math.min(...list).toFixed(digits)} to ${Math.max(...list).toFixed(digits)})`
export const machine = () => `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`
