import type { InputSize } from '../models/preprocessing.ts'
import type { OptimizerName } from './optimizer.ts'
import type { ScheduleName } from './schedule.ts'

export interface TrainOptions {
  /** A folder of `<class>/…`, of IDX files, or a .csv file of image,label. */
  readonly data: string
  /** The .onnx file that is written; beside it lies the checkpoint while training goes on. */
  readonly out: string
  /** A new network of this architecture; or `model`: the one of a file goes on. */
  readonly arch?: string
  readonly model?: string
  /** Other pictures to measure accuracy on, or the share of `data` that is kept for that. */
  readonly validation?: string | number
  readonly classes?: string
  readonly preprocess?: string
  readonly size?: Pick<InputSize, 'height' | 'width'>
  readonly epochs?: number
  readonly batchSize?: number
  readonly lr?: number
  readonly optimizer?: OptimizerName
  readonly momentum?: number
  readonly nesterov?: boolean
  readonly weightDecay?: number
  readonly schedule?: ScheduleName
  readonly warmUp?: number
  readonly labelSmoothing?: number
  readonly shift?: number
  readonly flip?: boolean
  readonly clip?: number
  readonly average?: number
  readonly seed?: number
  readonly threads?: number
  readonly resume?: boolean
  readonly force?: boolean
  /** As it was typed, for the report. */
  readonly command?: string
}
