// What an attack, a defense or a program of yours imports from 'advx'.
export { type AdversarySettings, adversary, rising } from './adversary.ts'
export * from './attack.ts'
export { bestPair } from './best-pair.ts'
export { type Boundary, leads, nearestBoundary } from './boundaries.ts'
export { bumpOf } from './bumps.ts'
export { type Decisions, decisionsAround, TOGETHER } from './decisions-around.ts'
export {
  type Defense,
  defense,
  type FeaturePair,
  type Lesson,
  type Undefended,
} from './defense.ts'
export { type Box, descend, type Objective } from './descend.ts'
export type { AttackOptions, Check, Line, Report, RunEvent, RunResult } from './engine/options.ts'
export { loadAttack } from './engine/registry.ts'
export { type RunOptions, runAttack } from './engine/run.ts'
export { type Verification, verifyRun } from './engine/verify.ts'
export { AdvxError, Interrupted, ShapeError } from './errors.ts'
export { backward, grad } from './grad.ts'
export { type Classifier, loadModel } from './models/load.ts'
export * from './nn.ts'
export { l0, l1, l2, linf, type Norm, type NormName } from './norms.ts'
export {
  type Batch,
  crossEntropy as smoothedCrossEntropy,
  type Inner,
  type Model,
  type Objective as TrainingObjective,
  type Progress,
} from './objective.ts'
export { conv } from './ops/conv.ts'
export * from './ops/elementwise.ts'
export { mapAxis } from './ops/linear-map.ts'
export { straightThrough } from './ops/quantize.ts'
export { kthLargest } from './ops/reduce.ts'
export { round } from './ops/rounding.ts'
export { expand, reshape, transpose } from './ops/shape.ts'
export { concat, pad, slice } from './ops/slice.ts'
export { logSoftmax, logSumExp, softmax } from './ops/softmax.ts'
export { take } from './ops/take.ts'
export { adam, type Moments } from './optimizers.ts'
export { stepToPlane } from './plane.ts'
export { print } from './print.ts'
export { limited, type Queries } from './queries.ts'
export type { Random } from './random.ts'
export { ranked } from './ranked.ts'
export { N, type Shape } from './shape.ts'
export { type SparseClimb, sparsity, thinned } from './sparse-steps.ts'
export { type Climb, halved } from './step-halving.ts'
export { boxSlope, intoBox, outOfBox } from './tanh-box.ts'
export { constant, input, type Operand, type Tensor, zerosLike } from './tensor.ts'
export { placesIn, type Window, windowAnywhere } from './windows.ts'
