/** Ends the process with an exit code, once its threads have ended: in the middle of a native run it would be aborted. */
export async function leave(code: number): Promise<never> {
  const { endThreads } = await import('../engine/thread.ts')
  await endThreads()
  process.exit(code)
}
