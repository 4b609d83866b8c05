import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type PullEvent, type PullOptions, pull } from '../../src/download/pull.ts'
import { cachedModel, cachePlace } from '../../src/models/registry/cached-model.ts'
import type { RegisteredModel } from '../../src/models/registry/registry.ts'
import { folderOf } from '../io/folder.ts'
import { type Answer, entryOf, nobody, serve, serveProxy, whole } from './server.ts'

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251)
const NAMES = ['net.onnx', 'config.json', 'preprocessor_config.json'].sort()
const VARIABLES = [
  'ADVX_CACHE',
  'http_proxy',
  'HTTP_PROXY',
  'https_proxy',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
]

const before = { ...process.env }
let files: Pick<RegisteredModel, 'preprocessing' | 'classes'>
beforeEach(async () => {
  for (const name of VARIABLES) delete process.env[name]
  const folder = await folderOf({ 'p.json': '{"do_normalize": false}', 'names.txt': 'a\nb\n' })
  files = { preprocessing: join(folder, 'p.json'), classes: join(folder, 'names.txt') }
  process.env.ADVX_CACHE = join(folder, 'cache')
})
afterEach(() => {
  for (const name of VARIABLES) {
    delete process.env[name]
    if (before[name] !== undefined) process.env[name] = before[name]
  }
})

/** The registry's entry for `bytes`, at a server that answers so. */
async function served(answer: Answer, path = '/net.onnx') {
  const { origin, asked } = await serve(answer)
  const model = entryOf(bytes, origin + path, files)
  return { model, asked, origin, ...cachePlace(model) }
}
async function pulling(model: RegisteredModel, options: PullOptions = {}) {
  const events: PullEvent[] = []
  const pulled = await pull(model, { on: event => events.push(event), patience: 5000, ...options })
  return { ...pulled, events, notes: events.flatMap(e => (e.type === 'note' ? [e.message] : [])) }
}
const partOf = async (file: string): Promise<number | null> =>
  readFile(`${file}.partial`).then(
    ({ length }) => length,
    () => null,
  )
async function begun(file: string, part: Uint8Array): Promise<void> {
  await pull(entryOf(bytes, 'http://127.0.0.1:1/', files)).catch(() => {})
  await writeFile(`${file}.partial`, part)
}

describe('a download', () => {
  test('is in the cache, in the layout of Hugging Face, with its progress told', async () => {
    const { model, folder, file, asked } = await served(whole(bytes))
    expect(await cachedModel(model)).toBe(null)
    const { path, downloaded, events } = await pulling(model)
    expect({ path, downloaded }).toEqual({ path: file, downloaded: true })
    expect(new Uint8Array(await readFile(file))).toEqual(bytes)
    expect((await readdir(folder)).sort()).toEqual(NAMES)
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toEqual({ id2label: { 0: 'a', 1: 'b' } })
    expect(events.at(-1)).toEqual({ type: 'progress', done: bytes.length, total: bytes.length })
    expect(await cachedModel(model)).toBe(file)

    expect((await pulling(model)).downloaded).toBe(false)
    expect(asked).toEqual(['GET /net.onnx'])
  })

  test('follows a redirect', async () => {
    const { model, asked } = await served((request, response) => {
      if (request.url === '/a/net') return whole(bytes)(request, response)
      response.writeHead(302, { location: '../a/net' }).end()
    }, '/b/net')
    expect((await pulling(model)).downloaded).toBe(true)
    expect(asked).toEqual(['GET /b/net', 'GET /a/net'])
  })

  test('replaces a file that was changed, and mends what lies beside it without a request', async () => {
    const { model, file, folder, asked } = await served(whole(bytes))
    await pulling(model)
    await writeFile(join(folder, 'config.json'), '{}')
    expect(await cachedModel(model)).toBe(null)
    expect((await pulling(model)).downloaded).toBe(false)
    expect(await cachedModel(model)).toBe(file)
    expect(asked).toHaveLength(1)

    await writeFile(file, bytes.toReversed())
    const { downloaded, notes } = await pulling(model)
    expect({ downloaded, notes }).toEqual({ downloaded: true, notes: [expect.stringContaining('not what it was')] })
    expect(new Uint8Array(await readFile(file))).toEqual(bytes)
  })

  test('in two places at once is one', async () => {
    const { model, asked } = await served((request, response) => {
      void setTimeout(300).then(() => whole(bytes)(request, response))
    })
    const both = await Promise.all([pulling(model), pulling(model)])
    expect(both.map(({ downloaded }) => downloaded).sort()).toEqual([false, true])
    expect(both.flatMap(({ notes }) => notes)).toEqual([expect.stringMatching(/Waiting for process \d+/)])
    expect(asked).toHaveLength(1)
  })
})

test('one that another host began and does not go on with is waited for, but not for ever', async () => {
  const { model, folder, file, asked } = await served(whole(bytes))
  await begun(file, bytes.subarray(0, 1000))
  await writeFile(join(folder, '.lock'), '{"pid":1,"host":"elsewhere"}')
  const error = await pulling(model, { patience: 300 }).catch(cause => cause)
  expect(error.message).toMatch(/^net: .*in use by process 1 on 'elsewhere'\. If it no longer runs, delete '.*\.lock'/)
  expect(asked).toEqual([])
  const abort = new AbortController()
  const waiting = pulling(model, { signal: abort.signal })
  await setTimeout(100)
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'Interrupted' })
})

describe('what went wrong leaves no model', () => {
  const refusal = async (answer: Answer, options?: PullOptions) => {
    const it = await served(answer)
    const error = await pulling(it.model, options).catch(cause => cause)
    expect(error).toMatchObject({ name: 'AdvxError', fault: 'model', message: expect.stringMatching(/^net: /) })
    expect((await readdir(it.folder)).filter(name => name === 'net.onnx' || name === '.lock')).toEqual([])
    return { ...it, message: String(error.message), part: await partOf(it.file) }
  }
  const text =
    (body: string, type = 'text/plain'): Answer =>
    (_, response) =>
      void response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body)

  test('a body that ends early; the next command goes on from there', async () => {
    let cut = true
    const { model, message, part, asked, file } = await refusal((request, response) => {
      if (!cut) return whole(bytes)(request, response)
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 100_000), () => void setTimeout(50).then(() => response.destroy()))
    })
    expect(message).toMatch(/failed: other side closed\. The same command goes on/)
    expect(part).toBe(100_000)
    cut = false
    expect((await pulling(model)).downloaded).toBe(true)
    expect(asked).toEqual(['GET /net.onnx', 'GET /net.onnx bytes=100000-'])
    expect(new Uint8Array(await readFile(file))).toEqual(bytes)
  })

  test('a body without a length that ends early', async () => {
    const { message, part } = await refusal((_, response) => void response.end(bytes.subarray(0, 5000)))
    expect(message).toContain('Expected a file of 300000 bytes but one of 5000')
    expect(part).toBe(null)
    const chunked = await refusal((_, response) => {
      response.write(bytes.subarray(0, 5000))
      response.end()
    })
    expect(chunked.message).toContain('ended after 5000 of 300000 bytes')
    expect(chunked.part).toBe(5000)
  })

  test('other bytes of that length, and more bytes', async () => {
    const { message, part, asked } = await refusal(whole(bytes.toReversed()))
    expect(message).toMatch(/Expected the sha256 [0-9a-f]{64} but got [0-9a-f]{64}.*deleted; try again/)
    expect({ part, asked: asked.length }).toEqual({ part: null, asked: 1 })
    const more = await refusal((_, response) => {
      response.write(bytes)
      response.end('!')
    })
    expect(more.message).toContain('More than the 300000 bytes')
    expect(more.part).toBe(null)
  })

  test.each([
    [404, /answered 404 Not Found\. The file is not there any more/],
    [403, /answered 403 Forbidden\. It wants a login/],
    [503, /answered 503 Service Unavailable\. Try again later/],
  ])('status %d', async (status, message) => {
    const it = await refusal((_, response) => void response.writeHead(status).end('no'))
    expect(it.message).toMatch(message)
    expect(it.part).toBe(null)
  })

  test('a redirect to nowhere names both places; one without end is given up', async () => {
    const { origin } = await serve((_, response) => void response.writeHead(404).end())
    const { message } = await refusal((_, response) => void response.writeHead(307, { location: origin }).end())
    expect(message).toMatch(/127\.0\.0\.1:\d+, to which 127\.0\.0\.1:\d+ sent us, answered 404/)
    const round = await refusal((_, response) => void response.writeHead(302, { location: '/' }).end())
    expect(round.message).toMatch(/redirect count exceeded/)
  })

  test('a Git LFS pointer, a page', async () => {
    const pointer = await refusal(text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 300000\n'))
    expect(pointer.message).toContain('Expected a model but got a Git LFS pointer')
    const page = await refusal(text('\n<!DOCTYPE html><html><title>Log in</title>', 'text/html'))
    expect(page.message).toContain("Expected a model but got a page of HTML ('Log in')")
    const long = await refusal((_, response) => void response.end(`<html>${' '.repeat(299_994)}`))
    expect(long.message).toContain('a page of HTML')
    expect([pointer.part, page.part, long.part]).toEqual([null, null, null])
  })

  test('a page does not replace what was downloaded before', async () => {
    const it = await served(text('<html>'))
    await begun(it.file, bytes.subarray(0, 7000))
    await expect(pulling(it.model)).rejects.toThrow('a page of HTML')
    expect(await partOf(it.file)).toBe(7000)
  })

  test.each([
    ['before an answer', (() => {}) as Answer],
    ['within the body', ((_, response) => void response.write(bytes.subarray(0, 9000))) as Answer],
  ])('silence %s', async (where, answer) => {
    const { message, part } = await refusal(answer, { patience: 500 })
    expect(message).toMatch(/127\.0\.0\.1:\d+ sent nothing for 0\.5 s/)
    expect(part).toBe(where === 'within the body' ? 9000 : null)
  })

  test('nobody there', async () => {
    const model = entryOf(bytes, `${await nobody()}/net.onnx`, files)
    await expect(pull(model)).rejects.toThrow(/from 127\.0\.0\.1:\d+ failed: .*ECONNREFUSED.*HTTPS_PROXY/)
  })
})

describe('what was downloaded before', () => {
  test('by a server that knows no parts is replaced', async () => {
    const { model, file, asked } = await served((_, response) => void response.end(bytes))
    await begun(file, bytes.subarray(0, 1000))
    expect((await pulling(model)).downloaded).toBe(true)
    expect(asked).toEqual(['GET /net.onnx bytes=1000-'])
    expect(new Uint8Array(await readFile(file))).toEqual(bytes)
  })

  test('is asked for anew where another part comes, or none', async () => {
    for (const answer of [
      (_: unknown, response: Parameters<Answer>[1]) =>
        void response.writeHead(206, { 'content-range': 'bytes 0-9/300000' }).end(bytes.subarray(0, 10)),
      (_: unknown, response: Parameters<Answer>[1]) => void response.writeHead(416).end(),
    ]) {
      process.env.ADVX_CACHE = await folderOf()
      const { model, file, asked } = await served((request, response) =>
        request.headers.range ? answer(request, response) : whole(bytes)(request, response),
      )
      await begun(file, bytes.subarray(0, 1000))
      expect((await pulling(model)).downloaded).toBe(true)
      expect(asked).toEqual(['GET /net.onnx bytes=1000-', 'GET /net.onnx'])
    }
  })

  test('and is too long, or damaged, is given up', async () => {
    const { model, file, asked } = await served(whole(bytes))
    await begun(file, new Uint8Array(bytes.length + 1))
    expect((await pulling(model)).downloaded).toBe(true)
    expect(asked).toEqual(['GET /net.onnx'])

    process.env.ADVX_CACHE = await folderOf()
    const { file: other } = cachePlace(model)
    await begun(other, new Uint8Array(1000))
    await expect(pulling(model)).rejects.toThrow('Expected the sha256')
    expect(await partOf(other)).toBe(null)
    expect((await pulling(model)).downloaded).toBe(true)
  })

  test('and is whole needs no request', async () => {
    const { model, file, asked } = await served(whole(bytes))
    await begun(file, bytes)
    expect((await pulling(model)).downloaded).toBe(true)
    expect(asked).toEqual([])
  })
})

test('an interrupted download keeps its part and lets others at it', async () => {
  const { model, file, folder } = await served((_, response) => {
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, 50_000))
  })
  const controller = new AbortController()
  const started = pull(model, {
    signal: controller.signal,
    on: event => event.type === 'progress' && event.done === 50_000 && controller.abort(),
  })
  await expect(started).rejects.toMatchObject({ name: 'Interrupted' })
  expect(await partOf(file)).toBe(50_000)
  expect(await readdir(folder)).not.toContain('.lock')
})

describe('a proxy', () => {
  test('makes the tunnel, with its login; NO_PROXY goes past it', async () => {
    const proxy = await serveProxy('me:secret')
    const { model, origin } = await served(whole(bytes))
    process.env.HTTP_PROXY = proxy.origin.replace('//', '//me:secret@')
    expect((await pulling(model)).downloaded).toBe(true)
    const login = Buffer.from('me:secret').toString('base64')
    expect(proxy.asked).toEqual([`CONNECT ${origin.slice(7)} Basic ${login}`])

    process.env.ADVX_CACHE = await folderOf()
    process.env.NO_PROXY = 'localhost,127.0.0.1'
    expect((await pulling(model)).downloaded).toBe(true)
    expect(proxy.asked).toHaveLength(1)
  })

  test('that wants a login, or is not there, is named', async () => {
    const proxy = await serveProxy('me:secret')
    const { model } = await served(whole(bytes))
    process.env.HTTP_PROXY = proxy.origin
    await expect(pulling(model)).rejects.toThrow(/407.*The proxy wants a login/)
    process.env.HTTP_PROXY = await nobody()
    await expect(pulling(model)).rejects.toThrow('ECONNREFUSED')
    process.env.HTTP_PROXY = 'socks5://me:secret@127.0.0.1:1'
    const error: Error = await pulling(model).then(
      () => new Error('no error'),
      cause => cause,
    )
    expect(error.message).toMatch(/Expected a proxy such as .* for HTTP_PROXY/)
    expect(error.message).not.toContain('secret')
  })
})

test('a cache that cannot be made is an error of the output', async () => {
  process.env.ADVX_CACHE = join(dirname(files.classes), 'names.txt')
  await expect(pull(entryOf(bytes, 'http://127.0.0.1:1/', files))).rejects.toMatchObject({
    fault: 'output',
    message: expect.stringMatching(/Choose another ADVX_CACHE/),
  })
})
