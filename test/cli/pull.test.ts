import { once } from 'node:events'
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { entryOf, type Served, serve, whole } from '../download/server.ts'
import { folderOf } from '../io/folder.ts'
import { advx, images, start } from './process.ts'

// An embedded model under another name, from a server on this machine, by a registry of its own.

const embedded = fileURLToPath(new URL('../../fixtures/models/fashion-mobilenet.onnx', import.meta.url))
const bytes = await readFile(embedded)
const SIZE = `${(bytes.length / 1000).toFixed(1)} kB`
const NAMES = 't-shirt trouser pullover dress coat sandal shirt sneaker bag ankle-boot'.split(' ')
const PREPROCESSING = { do_resize: false, do_normalize: true, image_mean: [0.286], image_std: [0.353] }

let cwd = ''
let env: Record<string, string> = {}
let server: Served
/** Bytes that the server gives before it falls silent. */
let given = bytes.length
beforeEach(async () => {
  given = bytes.length
  server = await serve((request, response) => {
    if (given === bytes.length) return whole(bytes)(request, response)
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, given))
  })
  const input = { channels: 1, height: 28, width: 28 } as const
  const files = { preprocessing: 'p.json', classes: 'names.txt' }
  const model = entryOf(bytes, `${server.origin}/net.onnx`, { name: 'copy', license: 'MIT', input, ...files })
  cwd = await folderOf({
    'registry.json': JSON.stringify({ schema: 1, models: [model] }),
    'p.json': JSON.stringify(PREPROCESSING),
    'names.txt': NAMES.join('\n'),
  })
  env = { ADVX_CACHE: join(cwd, 'cache'), ADVX_REGISTRY: join(cwd, 'registry.json'), no_proxy: '127.0.0.1' }
})

const run = (...args: string[]) => advx(args, { cwd, env })
const pulled = async (): Promise<string> => {
  const { stdout } = await run('models', '--json')
  return JSON.parse(stdout).find((model: { name: string }) => model.name === 'copy').path
}

describe('a model by name', () => {
  test('is listed, downloaded once, and attacked as itself', async () => {
    const listed = (await run('models')).stdout
    expect(listed).toMatch(/^copy {2}to be had by: advx models pull copy\n {2}Network +Net\n/m)
    expect(listed).toMatch(new RegExp(`^ {2}Size +${SIZE}$`, 'm'))
    expect(listed).toMatch(/^resnet50 {2}to be had by/m)
    expect(await pulled()).toBe(null)
    expect(await run('attack', '-m', 'copy', images)).toEqual({
      code: 3,
      stdout: '',
      stderr: "advx: The model 'copy' is not on this machine yet. Download it (0.2 MB): advx models pull copy\n",
    })
    expect(server.asked).toEqual([])

    const { code, stdout, stderr } = await run('models', 'pull', 'copy')
    expect({ code, stderr }).toEqual({ code: 0, stderr: `copy: ${SIZE} from ${server.origin.slice(7)}\n` })
    expect(stdout).toMatch(/^copy {2}.*copy\.onnx \(downloaded, its sha256 is right\)\nNext {2}advx attack -m copy/)
    const [again] = JSON.parse((await run('models', 'pull', 'copy', '--json')).stdout)
    expect(again).toEqual({
      name: 'copy',
      path: await pulled(),
      bytes: bytes.length,
      sha256: expect.any(String),
      downloaded: false,
    })
    expect(server.asked).toHaveLength(1)

    const attacked = ['--limit', '10', '--steps', '2']
    expect(await run('attack', '-m', 'copy', images, ...attacked, '-o', 'a')).toMatchObject({ code: 0 })
    expect(await run('attack', '-m', embedded, images, ...attacked, '-o', 'b')).toMatchObject({ code: 0 })
    const results = (out: string) => readFile(join(cwd, out, 'results.jsonl'), 'utf8')
    expect(await results('a')).toBe(await results('b'))
    expect(await run('verify', 'a')).toMatchObject({ code: 0 })
    const { stdout: inspected } = await run('inspect', 'copy')
    expect(inspected).toMatch(/^Classes +10 \(config\.json beside the model\): t-shirt/m)
    expect(inspected).toMatch(/^Preprocessing .*\(preprocessor_config\.json beside the model\)/m)
    expect((await run('doctor')).stdout).toMatch(/^ok +Downloads +1 of 8 models are in .*cache;/m)
  })

  test('and changed after its download is not used', async () => {
    await run('models', 'pull', 'copy')
    const path = await pulled()
    await writeFile(path, Buffer.from(bytes).reverse())
    const { code, stderr } = await run('attack', '-m', 'copy', images)
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/not the file any more.*models pull copy/),
    })
    const mended = await run('models', 'pull', 'copy')
    expect(mended).toMatchObject({ code: 0, stderr: expect.stringContaining('is downloaded anew') })
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })
})

describe('a download', () => {
  test('that Ctrl-C stops goes on where it was', async () => {
    given = 60_000
    const { child, ended } = start(['models', 'pull', 'copy'], { cwd, env })
    const [folder, partial] = await partOf(given)
    child.kill('SIGINT')
    expect(await ended).toEqual({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(/^copy: .*\nadvx: Interrupted: the same command resumes\.\n$/),
    })
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'copy.onnx.partial', 'preprocessor_config.json'])
    expect((await stat(partial)).size).toBe(60_000)
    given = bytes.length
    expect(await run('models', 'pull', 'copy')).toMatchObject({ code: 0 })
    expect(server.asked.at(-1)).toBe('GET /net.onnx bytes=60000-')
  })

  test('that is killed leaves its part and no lock that holds', async () => {
    given = 60_000
    const { child, ended } = start(['models', 'pull', 'copy'], { cwd, env })
    const [, partial] = await partOf(given)
    child.kill('SIGKILL')
    await ended
    expect((await stat(partial)).size).toBe(60_000)
    given = bytes.length
    expect(await run('models', 'pull', 'copy')).toMatchObject({ code: 0 })
    expect(server.asked.at(-1)).toBe('GET /net.onnx bytes=60000-')
  })

  test('in two processes is one: the second waits', async () => {
    given = 60_000
    const first = start(['models', 'pull', 'copy'], { cwd, env })
    await partOf(given)
    const second = start(['models', 'pull', 'copy'], { cwd, env })
    await once(second.child.stderr!, 'data')
    await setTimeout(300)
    given = bytes.length
    first.child.kill('SIGINT')
    expect(await first.ended).toMatchObject({ code: 130 })
    expect(await second.ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`Waiting for process ${first.child.pid}`),
    })
    expect(server.asked).toEqual(['GET /net.onnx', 'GET /net.onnx bytes=60000-'])
  })
})

describe('wrong use', () => {
  test.each([
    [['models', 'pull'], /Missing required argument 'names'\. Try: advx models pull --help/],
    [['models', 'pull', 'copi'], /Did you mean 'copy'\?/],
    [['models', 'pull', 'fashion-resnet'], /comes with advx: there is nothing to download/],
    [['models', 'pull', 'copy', '--jsn'], /--jsn/],
    [['models', 'copy'], /Too many arguments/],
    [['inspect', 'resnet5'], /one of .*resnet50.*Did you mean 'resnet50'\?/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  test('a registry that is none', async () => {
    await writeFile(join(cwd, 'registry.json'), '{')
    expect(await run('models')).toMatchObject({ code: 2, stderr: expect.stringContaining('registry.json is no JSON') })
    expect((await run('doctor')).stdout).toMatch(/^note +Downloads .*is no JSON/m)
    expect(await run('inspect', 'fashion-resnet')).toMatchObject({ code: 0 })
  })

  test('a cache that cannot be made', async () => {
    await rm(join(cwd, 'cache'), { recursive: true, force: true })
    await writeFile(join(cwd, 'cache'), '')
    const { code, stderr } = await run('models', 'pull', 'copy')
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('Choose another ADVX_CACHE') })
  })
})

describe("-m <a folder> in Hugging Face's layout", () => {
  const put = async (files: Record<string, string>, ...models: string[]) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(cwd, name, '..'), { recursive: true })
      await writeFile(join(cwd, name), text)
    }
    for (const name of models) {
      await mkdir(join(cwd, name, '..'), { recursive: true })
      await copyFile(embedded, join(cwd, name))
    }
  }
  const config = JSON.stringify({ model_type: 'mobilenet_v2', id2label: { ...NAMES } })

  test('is attacked with its classes and its preprocessing', async () => {
    await put(
      { 'hub/config.json': config, 'hub/preprocessor_config.json': JSON.stringify(PREPROCESSING) },
      'hub/onnx/model.onnx',
    )
    const { code } = await run('attack', '-m', 'hub', images, '--limit', '5', '--steps', '1', '-o', 'out')
    expect(code).toBe(0)
    const { stdout } = await run('inspect', 'hub')
    expect(stdout).toMatch(/^File +hub\/onnx\/model\.onnx$/m)
    expect(stdout).toMatch(/^Classes +10 \(config\.json beside the model\)/m)
  })

  test.each<[string, Record<string, string>, string[], RegExp]>([
    [
      'other',
      { 'other/readme.txt': 'hello' },
      [],
      /other holds no model\.onnx, nor onnx\/model\.onnx, nor a model\.json\.\n/,
    ],
    ['torch', { 'torch/config.json': config, 'torch/model.safetensors': '' }, [], /export them to ONNX first/],
    ['many', {}, ['many/a.onnx', 'many/b.onnx'], /many holds 2 models.*name one, such as many\/[ab]\.onnx/],
    [
      'variants',
      { 'variants/config.json': config },
      ['variants/onnx/model_fp16.onnx'],
      /such as variants\/onnx\/model_fp16\.onnx/,
    ],
  ])('%s: a clear error where there is none to take', async (folder, files, models, message) => {
    await put(files, ...models)
    const { code, stderr } = await run('attack', '-m', folder, images)
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(message) })
  })
})

/** Waits until a download has this many bytes; its folder, and the part. */
async function partOf(length: number): Promise<[folder: string, partial: string]> {
  for (let tries = 0; tries < 500; tries++) {
    await setTimeout(20)
    const [name] = await readdir(join(cwd, 'cache', 'models')).catch(() => [])
    if (name === undefined) continue
    const folder = join(cwd, 'cache', 'models', name)
    const partial = join(folder, 'copy.onnx.partial')
    if ((await stat(partial).catch(() => null))?.size === length) return [folder, partial]
  }
  throw new Error('The download does not begin')
}
