import { Command } from 'commander'
import { printable } from '../printable.ts'
import { say, tell } from '../terminal.ts'

interface ConvertOptions {
  readonly preprocess?: string
  readonly classes?: string
  readonly output?: string
  readonly force?: true
}

/** `advx convert <model> <file>` */
export function convert(): Command {
  return new Command('convert')
    .description(
      'write a model as an ONNX file or for TensorFlow.js: logits out, preprocessing and class names as metadata',
    )
    .argument('<model>', 'an .onnx file, a tfjs model.json, a folder, or a name from `advx models`')
    .argument('<file>', 'the .onnx file, or the model.json of a GraphModel, to write')
    .option('-p, --preprocess <name or file>', 'as for attack')
    .option('-c, --classes <file>', 'as for attack')
    .option('--output <name>', 'as for attack')
    .option('--force', 'replace the file if it is there')
    .action(async (model: string, file: string, options: ConvertOptions) => {
      const { convertModel } = await import('../../engine/convert.ts')
      const { input, classes, notes } = await convertModel(model, file, options)
      for (const note of notes) tell(`Note: ${printable(note)}`)
      say(`${printable(file)}: ${input.channels} x ${input.height} x ${input.width} in, ${classes.length} logits out.`)
    })
}
