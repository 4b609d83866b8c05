import { AdvxError } from '../errors.ts'

/** A signal that aborts when nothing was heard for a while, or another signal does. */
export interface Patience {
  readonly signal: AbortSignal
  /** Something came: the time starts anew. */
  heard(): void
  stop(): void
}

/** Aborts with an AdvxError that names the host. `milliseconds`: how long nothing may come. */
export function patience(milliseconds: number, host: string, outer: AbortSignal | undefined): Patience {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const message = `${host} sent nothing for ${milliseconds / 1000} s: the download was given up. The same command goes on from what is there.`
    controller.abort(new AdvxError('model', message))
  }, milliseconds)
  const pass = (): void => controller.abort(outer?.reason)
  outer?.addEventListener('abort', pass, { once: true })
  if (outer?.aborted) pass()
  return {
    signal: controller.signal,
    heard: () => void timer.refresh(),
    stop() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', pass)
    },
  }
}
