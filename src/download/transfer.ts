import { open, stat } from 'node:fs/promises'
import { fetch, type Response } from 'undici'
import { AdvxError } from '../errors.ts'
import { outputError } from '../io/file-error.ts'
import { CACHE_SETTING } from '../models/registry/cache-folder.ts'
import { foreign } from './foreign.ts'
import { networkError } from './network-error.ts'
import { patience } from './patience.ts'
import { ProxyDispatcher } from './proxy.ts'

export interface Transfer {
  readonly url: string
  /** The file on disk. What is there of it is its beginning; the rest is asked for. */
  readonly path: string
  /** The whole length. */
  readonly bytes: number
  /** Told how much there is by now. */
  on(done: number): void
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a byte after which it is given up. */
  readonly patience: number
}

/** What was sent is another file: what there is of it is of no use. */
export class WrongFile extends AdvxError {
  override name = 'WrongFile'
}

/**
 * Brings a file to its whole length. What came stays, whatever happens: the next call goes on from there. Whether its
 * bytes are the right ones is not looked at here.
 *
 * @throws AdvxError 'model' when the server or the network fails, 'output' when the disk does, the reason of `signal`;
 *   WrongFile when more bytes came than there are.
 */
export async function transfer(wanted: Transfer): Promise<void> {
  const there = await stat(wanted.path).then(
    ({ size }) => size,
    () => 0,
  )
  if (there === wanted.bytes) return wanted.on(there)
  const { host } = new URL(wanted.url)
  const waiting = patience(wanted.patience, host, wanted.signal)
  const dispatcher = new ProxyDispatcher()
  const ask = async (from: number): Promise<Response> => {
    const headers = { 'accept-encoding': 'identity', ...(from > 0 ? { range: `bytes=${from}-` } : {}) }
    const response = await fetch(wanted.url, { headers, dispatcher, signal: waiting.signal })
    waiting.heard()
    return response
  }
  try {
    const { response, from } = await askForRest(ask, there < wanted.bytes ? there : 0)
    if (!response.ok) throw refused(response, host)
    await write(response, from, wanted, waiting.heard)
  } catch (cause) {
    if (waiting.signal.aborted) throw waiting.signal.reason
    throw networkError(cause, host)
  } finally {
    waiting.stop()
    await dispatcher.destroy()
  }
}

/** The whole file where the server cannot give a part, or gives another one. */
async function askForRest(
  ask: (from: number) => Promise<Response>,
  from: number,
): Promise<{ response: Response; from: number }> {
  const response = await ask(from)
  if (from === 0 || response.status === 200) return { response, from: 0 }
  const begins = new RegExp(`^bytes ${from}-`).test(response.headers.get('content-range') ?? '')
  if (response.status !== 416 && (response.status !== 206 || begins)) return { response, from }
  await response.body?.cancel()
  return { response: await ask(0), from: 0 }
}

function refused({ status, statusText, url }: Response, host: string): AdvxError {
  const place = new URL(url).host
  const by = place === host ? host : `${place}, to which ${host} sent us,`
  const hint =
    status === 401 || status === 403
      ? 'It wants a login, or does not serve this network.'
      : status === 404 || status === 410
        ? 'The file is not there any more: another version of advx may know where it went.'
        : 'Try again later.'
  return new AdvxError('model', `${by} answered ${`${status} ${statusText}`.trimEnd()}. ${hint}`)
}

async function write(
  { body, headers }: Response,
  from: number,
  { path, bytes, on }: Transfer,
  heard: () => void,
): Promise<void> {
  const chunks = (body ?? new ReadableStream<Uint8Array>())[Symbol.asyncIterator]()
  let chunk = await chunks.next()
  if (from === 0) checkBeginning(chunk.value ?? new Uint8Array(), headers.get('content-length'), bytes)
  const handle = await toDisk(path, () => open(path, from === 0 ? 'w' : 'a'))
  try {
    let done = from
    for (; !chunk.done; chunk = await chunks.next()) {
      heard()
      if (done + chunk.value.length > bytes)
        throw new WrongFile('model', `More than the ${bytes} bytes of the file came.`)
      await toDisk(path, () => handle.writeFile(chunk.value))
      done += chunk.value.length
      on(done)
    }
    await toDisk(path, () => handle.sync())
    if (done < bytes) throw cutShort(done, bytes)
  } finally {
    await handle.close()
  }
}

const cutShort = (done: number, bytes: number): AdvxError =>
  new AdvxError(
    'model',
    `The connection ended after ${done} of ${bytes} bytes. The same command goes on from what is there.`,
  )

/** Before a byte replaces what is there: whether this can be the file at all. */
function checkBeginning(head: Uint8Array, length: string | null, bytes: number): void {
  const what = foreign(head)
  if (what) throw new AdvxError('model', `Expected a model but got ${what}.`)
  if (length !== null && Number(length) !== bytes)
    throw new AdvxError('model', `Expected a file of ${bytes} bytes but one of ${length} is offered.`)
}

async function toDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw outputError(cause, `'${path}'`, CACHE_SETTING)
  }
}
