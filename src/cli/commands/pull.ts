import { Command } from 'commander'
import { AdvxError, expected, suggest } from '../../errors.ts'
import type { RegisteredModel } from '../../models/registry/registry.ts'
import { bytesText } from '../figures.ts'
import { printable } from '../printable.ts'
import { openBar } from '../progress.ts'
import { interruptible } from '../signals.ts'
import { paint, paintError, say, sayJson, tell } from '../terminal.ts'

const HELP = `
An interrupted download goes on where it was. A file is used when its length and sha256 are those of the registry.
  ADVX_CACHE                 the folder for downloads (default: that of the platform; advx doctor names it)
  HTTPS_PROXY, NO_PROXY      as for other programs
  ADVX_REGISTRY              a file with models of your own, in the form of fixtures/models/registry.json
Exit 0 done, 2 usage, 3 it cannot be had, 130 interrupted.`

/** `advx models pull <names...>` */
export function pull(): Command {
  return new Command('pull')
    .description('download models, so that -m takes their names')
    .argument('<names...>', 'names from `advx models`')
    .option('--json', 'print what was downloaded as JSON')
    .addHelpText('after', HELP)
    .action(async (names: string[], { json }: { json?: true }) => {
      const wanted = await Promise.all(names.map(find))
      const work = async (signal: AbortSignal) => {
        const done = []
        for (const model of wanted) done.push(await download(model, signal, json !== true))
        return done
      }
      const done = await interruptible(work, 'Stopping; the same command goes on from here.')
      if (json) sayJson(`${JSON.stringify(done, null, 2)}\n`)
      else say(`${paint.bold('Next')}  advx attack -m ${printable(wanted[0].name)} photos/`)
    })
}

async function find(name: string): Promise<RegisteredModel> {
  const [{ registeredModels }, { embeddedModels }] = await Promise.all([
    import('../../models/registry/registry.ts'),
    import('../../models/embedded.ts'),
  ])
  const registered = await registeredModels()
  const model = registered.get(name)
  if (model) return model
  if ((await embeddedModels()).has(name))
    throw new AdvxError('usage', `The model '${name}' comes with advx: there is nothing to download.`)
  const names = [...registered.keys()]
  throw expected('usage', `one of ${names.join(', ')}`, 'advx models pull', name, suggest(name, names))
}

/** Downloads one, with a bar on a terminal. */
async function download(model: RegisteredModel, signal: AbortSignal, aloud: boolean) {
  const { pull } = await import('../../download/pull.ts')
  const { name, bytes, sha256, url } = model
  tell(`${printable(name)}: ${bytesText(bytes)} from ${new URL(url).host}`)
  const bar = await openBar(bytesText)
  try {
    const { path, downloaded } = await pull(model, {
      signal,
      on(event) {
        if (event.type === 'progress') bar.show(event.done, event.total, printable(name))
        else bar.above(`${paintError.cyan('Note:')} ${printable(event.message)}`)
      },
    })
    bar.stop()
    const how = downloaded ? 'downloaded, its sha256 is right' : 'was there, its sha256 is right'
    if (aloud) say(`${paint.bold(printable(name))}  ${printable(path)} (${how})`)
    return { name, path, bytes, sha256, downloaded }
  } finally {
    bar.stop()
  }
}
