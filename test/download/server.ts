import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach } from '@jest/globals'
import type { RegisteredModel } from '../../src/models/registry/registry.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface Served {
  /** `http://127.0.0.1:1234` */
  readonly origin: string
  /** What was asked for, `GET /a bytes=5-`. */
  readonly asked: string[]
}

const open: { closeAllConnections(): void; close(): unknown }[] = []
const tunnels: Socket[] = []
afterEach(() => {
  for (const socket of tunnels.splice(0)) socket.destroy()
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A server on this machine until the test's end; of https with a key and its certificate. */
export async function serve(answer: Answer, tls?: { readonly key: string; readonly cert: string }): Promise<Served> {
  const asked: string[] = []
  const listener: Answer = (request, response) => {
    asked.push([request.method, request.url, request.headers.range].filter(Boolean).join(' '))
    answer(request, response)
  }
  const origin = await listening(tls ? createTlsServer(tls, listener) : createServer(listener))
  return { origin: tls ? origin.replace('http:', 'https:') : origin, asked }
}

/** A proxy that makes tunnels (CONNECT) and nothing else. Its `asked`: `CONNECT 127.0.0.1:80`, and what login came. */
export async function serveProxy(login?: string): Promise<Served> {
  const asked: string[] = []
  const server = createServer((_, response) => void response.writeHead(405).end())
  server.on('connect', (request, socket: Socket, head: Buffer) => {
    tunnels.push(socket)
    const given = request.headers['proxy-authorization']
    asked.push(['CONNECT', request.url, given].filter(Boolean).join(' '))
    if (login !== undefined && given !== `Basic ${Buffer.from(login).toString('base64')}`)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const [host, port] = request.url!.split(':')
    const tunnel = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      tunnel.write(head)
      tunnel.pipe(socket).pipe(tunnel)
    })
    tunnels.push(tunnel)
    for (const end of [socket, tunnel]) end.on('error', () => {})
  })
  return { origin: await listening(server), asked }
}

async function listening(
  server: Pick<Server, 'listen' | 'address' | 'close' | 'closeAllConnections'>,
): Promise<string> {
  open.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An address where nobody listens. */
export async function nobody(): Promise<string> {
  const server = createServer()
  const origin = await listening(server)
  await new Promise(resolve => server.close(resolve))
  return origin
}

/** Gives all of these bytes, or the part that is asked for. */
export const whole =
  (bytes: Uint8Array): Answer =>
  ({ headers: { range } }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    if (from >= bytes.length) return void response.writeHead(416).end()
    const part = bytes.subarray(from)
    const places = range === undefined ? {} : { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
    response.writeHead(range === undefined ? 200 : 206, { 'content-length': part.length, ...places }).end(part)
  }

/** A registry's entry for a file with these bytes. */
export const entryOf = (bytes: Uint8Array, url: string, more: Partial<RegisteredModel> = {}): RegisteredModel => ({
  name: 'net',
  family: 'Net',
  url,
  revision: null,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
  license: null,
  data: null,
  source: null,
  accuracy: null,
  input: { channels: 3, height: 6, width: 6 },
  preprocessing: 'unset',
  classes: 'unset',
  ...more,
})
