import type { Operators } from './call.ts'
import { TF_BLOCKS } from './tensorflow/blocks.ts'
import { TF_WINDOWS } from './tensorflow/convolution.ts'
import { TF_ELEMENTWISE } from './tensorflow/elementwise.ts'
import { TF_MATRICES } from './tensorflow/matrix.ts'
import { TF_RESIZES } from './tensorflow/resize.ts'
import { TF_SHAPES } from './tensorflow/shape.ts'

/**
 * The operators of a GraphModel, as TensorFlow.js reads them:
 * https://github.com/tensorflow/tfjs/tree/master/tfjs-converter/src/operations/op_list
 */
export const TENSORFLOW: Operators = {
  ...TF_BLOCKS,
  ...TF_ELEMENTWISE,
  ...TF_MATRICES,
  ...TF_RESIZES,
  ...TF_SHAPES,
  ...TF_WINDOWS,
}
