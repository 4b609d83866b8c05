import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/advx.js', import.meta.url))
export const images: string = fileURLToPath(new URL('../../fixtures/images', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}
export interface Setting {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** `advx …` as a process without a terminal. */
export function start(
  args: readonly string[],
  { cwd, env = {} }: Setting = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const {
    NO_COLOR: _,
    FORCE_COLOR: __,
    GITHUB_STEP_SUMMARY: ___,
    ORT_DISABLE_TELEMETRY: ____,
    ...inherited
  } = process.env
  const child = spawn(process.execPath, [bin, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seen = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', text => {
      seen[name] += text
    })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, ...seen }))
  })
  return { child, ended }
}

export const advx = (args: readonly string[], setting?: Setting): Promise<Ended> => start(args, setting).ended
