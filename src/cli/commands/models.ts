import { Command } from 'commander'
import { DEFAULT_MODEL } from '../default-model.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { paint, say, sayJson } from '../terminal.ts'

/** `advx models` */
export function models(): Command {
  return new Command('models')
    .description('the models that come with advx')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: true }) => {
      const { loadModel, modelNames } = await import('../../models/load.ts')
      const { formula } = await import('../inspection.ts')
      const found = await Promise.all(
        (await modelNames()).map(async ({ name, path, metadata }) => {
          const { input, classes, preprocessing } = await loadModel(path)
          const of = (key: string): string | null => metadata.get(`advx.${key}`) ?? null
          const accuracy = { value: of('accuracy'), on: of('accuracy.on') }
          return {
            name,
            path,
            input,
            classes,
            preprocessing: preprocessing.json,
            accuracy,
            license: of('license'),
            data: of('data'),
            source: of('source'),
          }
        }),
      )
      if (json) return sayJson(`${JSON.stringify(found, null, 2)}\n`)
      for (const { name, input, classes, preprocessing, accuracy, license, data } of found) {
        const share = accuracy.value === null ? '' : `${Number((100 * Number(accuracy.value)).toPrecision(6))} %`
        const rows = [
          ['Task', `classifies pictures of ${input.channels} x ${input.height} x ${input.width}`],
          ['Classes', `${classes.length}: ${classes.join(', ')}`],
          ['Preprocessing', formula(preprocessing)],
          ['Accuracy', share && `${share}${accuracy.on ? ` of ${accuracy.on}` : ''}`],
          ['Licence', license ?? ''],
          ['Data', data ?? ''],
        ].filter(([, text]) => text !== '')
        say(
          `${paint.bold(printable(name))}${name === DEFAULT_MODEL ? paint.dim('  used where --model is not given') : ''}`,
        )
        say(
          `${table(
            rows.map(row => row.map(printable)),
            '  ',
          )}\n`,
        )
      }
      say('Your own: -m model.onnx (advx inspect model.onnx says what advx finds in it).')
    })
}
