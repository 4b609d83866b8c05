import type { Report } from '../engine/options.ts'

/**
 * A model's file, with its folder where every model of a layout has the same name: `resnet-50/model.onnx`. In Hugging
 * Face's layout the file may lie one folder further down, in `onnx`.
 */
export function modelTitle({ file, path }: Pick<Report['model'], 'file' | 'path'>): string {
  if (!/^model(_\w+|\.min)?\.(onnx|json|js)$/i.test(file)) return file
  const folders = path.split(/[/\\]/).filter(part => part !== '' && part !== '.' && part !== '..')
  if (folders.at(-1) === file) folders.pop()
  if (folders.at(-1) === 'onnx') folders.pop()
  return [...folders.slice(-1), file].join('/')
}
