import { Command } from 'commander'
import { DEFAULT_MODEL } from '../default-model.ts'
import { bytesText } from '../figures.ts'
import type { ListedModel } from '../model-list.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { paint, say, sayJson } from '../terminal.ts'
import { pull } from './pull.ts'

/** `advx models` */
export function models(): Command {
  return new Command('models')
    .description('the models that have a name: those that come with advx, and those that it can download')
    .option('--json', 'print them as JSON')
    .addCommand(pull())
    .action(async ({ json }: { json?: true }) => {
      const [{ listModels }, { formula }] = await Promise.all([
        import('../model-list.ts'),
        import('../../report/preprocessing.ts'),
      ])
      const found = await listModels()
      if (json) return sayJson(`${JSON.stringify(found, null, 2)}\n`)
      for (const model of found) say(`${titleOf(model)}\n${table(rowsOf(model, formula), '  ')}\n`)
      say('Your own: -m model.onnx (advx inspect model.onnx says what advx finds in it).')
    })
}

/** All of ten class names, the first of more. Names of ImageNet have commas of their own. */
function classesText(classes: readonly string[]): string {
  const [shown, end] = classes.length > 10 ? [classes.slice(0, 3), ['…']] : [classes, []]
  return `${classes.length}: ${[...shown, ...end].join(classes.some(name => name.includes(',')) ? '; ' : ', ')}`
}

function titleOf({ name, path }: ListedModel): string {
  const title = paint.bold(printable(name))
  if (name === DEFAULT_MODEL) return title + paint.dim('  used where --model is not given')
  return path === null ? title + paint.dim(`  to be had by: advx models pull ${printable(name)}`) : title
}

function rowsOf(model: ListedModel, formula: (recipe: ListedModel['preprocessing']) => string): string[][] {
  const { path, input, classes, preprocessing, accuracy, license, data, download } = model
  const share = accuracy.value === null ? '' : `${Number((100 * Number(accuracy.value)).toPrecision(6))} %`
  const rows = [
    ['Network', download?.family ?? ''],
    ['Task', `classifies pictures of ${input.channels} x ${input.height} x ${input.width}`],
    ['Classes', classesText(classes)],
    ['Preprocessing', formula(preprocessing)],
    ['Accuracy', share && `${share}${accuracy.on ? ` of ${accuracy.on}` : ''}`],
    ['', (share && accuracy.source) || ''],
    ['Licence', license ?? ''],
    ['Data', data ?? ''],
    ['Size', download ? bytesText(download.bytes) : ''],
    ['File', download && path !== null ? path : ''],
  ]
  return rows.filter(([, text]) => text !== '').map(row => row.map(printable))
}
