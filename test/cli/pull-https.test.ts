import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { entryOf, serve, serveProxy, whole } from '../download/server.ts'
import { folderOf } from '../io/folder.ts'
import { advx } from './process.ts'

const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 251)

/** A key for 127.0.0.1 and its own certificate, as paths; null without openssl. */
function certificate(folder: string): { key: string; cert: string } | null {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const wanted = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1'
  const { status } = spawnSync('openssl', [...wanted.split(' '), '-keyout', key, '-out', cert])
  return status === 0 ? { key, cert } : null
}

test('HTTPS_PROXY makes the tunnel, in which the certificate counts', async () => {
  const cwd = await folderOf({ 'p.json': '{}', 'names.txt': 'a\nb' })
  const made = certificate(cwd)
  if (!made) return console.log('Skipped: openssl is not here to make a certificate.')
  const tls = { key: await readFile(made.key, 'utf8'), cert: await readFile(made.cert, 'utf8') }
  const [server, proxy] = [await serve(whole(bytes), tls), await serveProxy()]
  const files = { preprocessing: join(cwd, 'p.json'), classes: join(cwd, 'names.txt') }
  const models = [entryOf(bytes, `${server.origin}/net`, files)]
  const registry = join(await folderOf({ 'registry.json': JSON.stringify({ schema: 1, models }) }), 'registry.json')
  const env = {
    ADVX_CACHE: join(cwd, 'cache'),
    ADVX_REGISTRY: registry,
    https_proxy: proxy.origin,
    no_proxy: '',
    NO_PROXY: '',
  }
  const pull = (more: Record<string, string> = {}) => advx(['models', 'pull', 'net'], { env: { ...env, ...more } })

  const unknown = await pull()
  expect(unknown).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/self-signed certificate.*NODE_EXTRA_CA_CERTS/),
  })
  expect(await pull({ NODE_EXTRA_CA_CERTS: made.cert })).toMatchObject({ code: 0 })
  expect(server.asked).toEqual(['GET /net'])
  expect(proxy.asked).toEqual(Array(2).fill(`CONNECT ${server.origin.slice(8)}`))
})
