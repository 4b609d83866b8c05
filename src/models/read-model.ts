import { readOnnx } from '../formats/onnx/read.ts'
import type { OnnxModel } from '../formats/onnx/schema.ts'
import { readTfjs } from '../formats/tfjs/read.ts'

export type Format = 'onnx' | 'tfjs'

/** A tfjs model is given by its model.json, or by the script that exports it. */
export const formatOf = (path: string): Format => (/\.(json|min\.js)$/i.test(path) ? 'tfjs' : 'onnx')

/** A model's file as plain data, whatever its format. */
export const readModel = (path: string): Promise<OnnxModel> =>
  formatOf(path) === 'tfjs' ? readTfjs(path) : readOnnx(path)
