import type { Line, RunEvent } from '../engine/options.ts'
import { printable } from './printable.ts'
import { paintError, tell } from './terminal.ts'

/** Shows on stderr how a run goes: notes, pictures that failed, and a bar where stderr is a terminal. */
export interface Progress {
  on(event: RunEvent): void
  stop(): void
}

/** Failed pictures that are named; results.jsonl names them all. */
const NAMED = 5

export async function showProgress(): Promise<Progress> {
  const bar = await openBar()
  let adversarial = 0
  const failed = new Set<string>() // a picture fails once, in however many passes
  const failedPicture = ({ image, error = 'no reason given' }: Line): void => {
    if (failed.has(image)) return
    failed.add(image)
    if (failed.size <= NAMED) bar.above(paintError.yellow(`Failed: ${printable(image)}: ${printable(error)}`))
    if (failed.size === NAMED + 1) bar.above(paintError.yellow('More pictures failed: results.jsonl names them all.'))
  }
  return {
    on(event) {
      if (event.type === 'note') bar.above(`${paintError.cyan('Note:')} ${printable(event.message)}`)
      if (event.type === 'start') bar.show(event.done, event.total, '')
      if (event.type !== 'line') return
      if (event.line.outcome === 'failed') failedPicture(event.line)
      if (event.line.outcome === 'adversarial') adversarial++
      bar.show(event.done, event.total, `${adversarial} adversarial`)
    },
    stop: () => bar.stop(),
  }
}

/** A progress bar on a terminal's stderr; none in a pipe, a log or a terminal that cannot go back in a line. */
export interface Bar {
  show(done: number, total: number, remark: string): void
  /** A line of text above the bar. */
  above(text: string): void
  stop(): void
}

/** `text`: how an amount is written. */
export async function openBar(text: (amount: number) => string = String): Promise<Bar> {
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return { show() {}, above: tell, stop() {} }
  const { default: progress } = await import('cli-progress')
  const format = '{bar} {percentage} % | {amount} | {rate} a second | {eta_formatted} left | {remark}'
  const options = { format, stream: process.stderr, clearOnComplete: true, etaBuffer: 50, barsize: 24 }
  const bar = new progress.SingleBar(options, progress.Presets.shades_classic)
  let [began, first] = [0, 0]
  return {
    show(done, total, remark) {
      const amount = `${text(done)} of ${text(total)}`
      if (!bar.isActive) {
        ;[began, first] = [performance.now(), done]
        return bar.start(total, done, { amount, rate: '?', remark })
      }
      const rate = (1000 * (done - first)) / (performance.now() - began)
      bar.update(done, { amount, rate: text(rate < 10 ? Number(rate.toFixed(1)) : Math.round(rate)), remark })
    },
    // The bar draws itself anew below.
    above: text => tell(bar.isActive ? `\r\x1b[2K${text}` : text),
    stop: () => bar.stop(),
  }
}
