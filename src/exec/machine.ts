import type { Artifact, Executor, Program, Values } from './executor.ts'

/** What a program calls its output that the state's `name` becomes. */
export const nextOf = (name: string): string => `next:${name}`

/** Programs that share a state: what one gives as `nextOf` a name is what the next call of any takes under that name. */
export interface Machine {
  open(program: string, artifact: Artifact, threads: number): Promise<void>
  /** Sets all of the state, or some of it. */
  write(state: Values): Promise<void>
  read(): Promise<Values>
  /** Runs a program on the state and `feeds`; gives what is no state. */
  run(program: string, feeds: Values, batch: number): Promise<Values>
  close(): Promise<void>
}

const NEXT = nextOf('')

/** A machine in this thread. */
export function machineOf(executor: Executor): Machine {
  const programs = new Map<string, Program>()
  let state: Record<string, Float32Array> = {}
  return {
    open: async (name, artifact, threads) => void programs.set(name, await executor.open(artifact, threads)),
    async write(values) {
      state = { ...state, ...values }
    },
    read: async () => state,
    async run(name, feeds, batch) {
      const outputs = await programs.get(name)!.run({ ...state, ...feeds }, batch)
      const given: Record<string, Float32Array> = {}
      for (const [key, value] of Object.entries(outputs))
        if (key.startsWith(NEXT)) state[key.slice(NEXT.length)] = value
        else given[key] = value
      return given
    },
    async close() {
      for (const program of programs.values()) await program.close()
    },
  }
}
