import { access, constants } from 'node:fs/promises'
import { cpus, freemem, tmpdir, totalmem } from 'node:os'
import { Command } from 'commander'
import { DEFAULT_MODEL } from '../default-model.ts'
import { numberText } from '../figures.ts'
import { version } from '../package.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { paint, say, sayJson } from '../terminal.ts'

/** One thing that an attack needs, and how it is here. */
interface Finding {
  readonly what: string
  /** `no`: an attack cannot run without it. */
  readonly status: 'ok' | 'note' | 'no'
  readonly detail: string
}

/** `advx doctor` */
export function doctor(): Command {
  return new Command('doctor')
    .description('what this machine can run on, and how to get the rest')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExit 0 when an attack can run, else 3.')
    .action(async ({ json }: { json?: true }) => {
      const findings = [
        node(),
        await cores(),
        memory(),
        await temporary(),
        await runtime(),
        await pictures(),
        await model(),
        await cache(),
        ...(await tensorFlow()),
        await auto(),
      ]
      if (json) sayJson(`${JSON.stringify(findings, null, 2)}\n`)
      else say(shown(findings))
      if (findings.some(f => f.status === 'no')) process.exitCode = 3
    })
}

function shown(findings: readonly Finding[]): string {
  const marks = { ok: paint.green('ok'), note: paint.yellow('note'), no: paint.red('missing') }
  const rows = findings.map(({ what, status, detail }) => [marks[status], what, printable(detail)])
  const able = findings.every(f => f.status !== 'no')
  return `${table(rows)}\n\n${able ? 'An attack can run here.' : paint.red('An attack cannot run here.')}`
}

/** A finding out of what may throw. */
async function probe(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, status: 'ok', detail: await look() }
  } catch (error) {
    return { what, status: 'no', detail: (error as Error).message }
  }
}

function node(): Finding {
  const old = Number(process.versions.node.split('.')[0]) < 20
  const detail = `advx ${version()}, Node.js ${process.version} on ${process.platform} ${process.arch}`
  return {
    what: 'Versions',
    status: old ? 'no' : 'ok',
    detail: old ? `${detail}: Node.js 20 or later is needed` : detail,
  }
}

async function cores(): Promise<Finding> {
  const { availableThreads } = await import('../../engine/pool.ts')
  const [here, usable] = [cpus().length, availableThreads()]
  const detail =
    usable < here ? `${usable} of ${here} may be used (affinity or the container's quota)` : `${here}, all usable`
  return { what: 'Cores', status: 'ok', detail }
}

function memory(): Finding {
  const gib = (bytes: number): string => `${numberText(bytes / 2 ** 30)} GiB`
  const limit = process.constrainedMemory()
  const quota = limit > 0 && limit < totalmem() ? `, ${gib(limit)} for this container` : ''
  return { what: 'Memory', status: 'ok', detail: `${gib(freemem())} free of ${gib(totalmem())}${quota}` }
}

const temporary = (): Promise<Finding> =>
  probe('Temporary files', async () => {
    const folder = tmpdir()
    await access(folder, constants.W_OK).catch(() => {
      throw new Error(`${folder} cannot be written; set TMPDIR to a folder that can`)
    })
    return `${folder} can be written; compiled models lie there during a run`
  })

const runtime = (): Promise<Finding> =>
  probe('ONNX Runtime', async () => {
    const { runtime } = await import('../../exec/ort/session.ts')
    const ort = await runtime()
    await double('cpu')
    const providers = ort.listSupportedBackends().map(({ name }) => name)
    return `onnxruntime-node ${ort.env.versions.node ?? ''} ran a graph on the CPU; it brings: ${providers.join(', ')}`
  })

/** Compiles and runs x → 2x. */
async function double(device: string): Promise<void> {
  const [{ executorNamed }, core] = await Promise.all([import('../../exec/devices.ts'), import('../../index.ts')])
  const x = core.input([core.N, 2], 'x')
  const executor = executorNamed(device)
  try {
    const program = await executor.open(await executor.compile({ inputs: { x }, outputs: { y: x.mul(2) } }))
    const { y } = await program.run({ x: Float32Array.of(1, 2) }, 1)
    await program.close()
    if (y.join() !== '2,4') throw new Error(`2 · [1, 2] came out as [${y.join(', ')}]`)
  } finally {
    await executor.close()
  }
}

/** TensorFlow.js, which nothing needs: a finding for each device of it. */
async function tensorFlow(): Promise<Finding[]> {
  const { isInstalled, KINDS, setUp } = await import('../../exec/tfjs/kinds.ts')
  const native = KINDS.filter(kind => kind.backend === 'tensorflow' && isInstalled(kind)).at(-1)
  const found: Finding[] = []
  for (const kind of KINDS) {
    const { device: what, about } = kind
    if (!isInstalled(kind)) {
      found.push({ what, status: 'note', detail: `${about}; not installed. Set it up by: ${setUp(kind)}` })
      continue
    }
    // Two copies of TensorFlow's library do not go into one process.
    const apart = kind.backend === 'tensorflow' && kind !== native
    const finding = await probe(what, async () => {
      if (apart) return `${about}; installed, not tried beside ${native!.device}`
      await double(what)
      return `${about}; ran a graph`
    })
    found.push(finding.status === 'no' ? { ...finding, status: 'note' } : finding)
  }
  return found
}

const pictures = (): Promise<Finding> =>
  probe('Pictures', async () => {
    const [{ loadSharp }, { FORMATS }] = await Promise.all([import('../../io/sharp.ts'), import('../../io/format.ts')])
    const sharp = loadSharp()
    return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}; reads ${FORMATS}`
  })

const model = (): Promise<Finding> =>
  probe('Embedded model', async () => {
    const { loadModel } = await import('../../models/load.ts')
    const { file, classes } = await loadModel(DEFAULT_MODEL)
    return `${file} loads, ${classes.length} classes`
  })

async function auto(): Promise<Finding> {
  const { resolveDevice } = await import('../../exec/devices.ts')
  const device = await resolveDevice()
  const wanting = device === 'cpu' ? '; a GPU would be used through tfjs-node-gpu' : ''
  return { what: '--device auto', status: 'ok', detail: `is ${device} here${wanting}` }
}

/** Nothing has to be there, nor has the folder: embedded models need neither. */
async function cache(): Promise<Finding> {
  const [{ cacheFolder }, { cachedModel }, { registeredModels }] = await Promise.all([
    import('../../models/registry/cache-folder.ts'),
    import('../../models/registry/cached-model.ts'),
    import('../../models/registry/registry.ts'),
  ])
  const what = 'Downloads'
  try {
    const models = [...(await registeredModels()).values()]
    const here = (await Promise.all(models.map(cachedModel))).filter(path => path !== null).length
    const how = 'advx models lists them, ADVX_CACHE chooses the folder'
    return { what, status: 'ok', detail: `${here} of ${models.length} models are in ${cacheFolder()}; ${how}` }
  } catch (error) {
    return { what, status: 'note', detail: (error as Error).message }
  }
}
