import { extname } from 'node:path'
import { readOnnx } from '../formats/onnx/read.ts'
import type { OnnxModel } from '../formats/onnx/schema.ts'
import { readTfjs } from '../formats/tfjs/read.ts'

export type Format = 'onnx' | 'tfjs'

/** A tfjs model is given by its model.json. */
export const formatOf = (path: string): Format => (extname(path).toLowerCase() === '.json' ? 'tfjs' : 'onnx')

/** A model's file as plain data, whatever its format. */
export const readModel = (path: string): Promise<OnnxModel> =>
  formatOf(path) === 'tfjs' ? readTfjs(path) : readOnnx(path)
