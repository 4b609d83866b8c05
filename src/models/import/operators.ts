import type { Operator, Operators } from './call.ts'
import { KERAS } from './keras.ts'
import { ACTIVATIONS } from './operators/activation.ts'
import { ATTENTION, FUSED_ATTENTION } from './operators/attention.ts'
import { BLOCKS } from './operators/blocks.ts'
import { COMPARISONS } from './operators/comparison.ts'
import { CONTROLS } from './operators/control.ts'
import { CONVOLUTIONS } from './operators/convolution.ts'
import { EINSUMS } from './operators/einsum.ts'
import { ELEMENTWISE } from './operators/elementwise.ts'
import { FUSED, UNNAMED } from './operators/fused.ts'
import { GATHERINGS } from './operators/gathering.ts'
import { MATRICES } from './operators/matrix.ts'
import { NORMALIZATIONS } from './operators/normalization.ts'
import { ORDERINGS } from './operators/ordering.ts'
import { PADDINGS } from './operators/padding.ts'
import { POOLINGS } from './operators/pooling.ts'
import { POWER_POOLINGS } from './operators/power-pooling.ts'
import { QLINEAR } from './operators/qlinear.ts'
import { QUANTISED } from './operators/quantised.ts'
import { REDUCTIONS } from './operators/reduction.ts'
import { RESIZES } from './operators/resize.ts'
import { SHAPES } from './operators/shape.ts'
import { SLICES } from './operators/slicing.ts'
import { MAPS, SOURCES } from './operators/source.ts'
import { STANDARDIZATIONS } from './operators/standardization.ts'
import { TRIANGLES } from './operators/triangular.ts'
import { TRIGONOMETRY } from './operators/trigonometry.ts'
import { TENSORFLOW } from './tensorflow.ts'

/** An operator by its name and, where it is none of ai.onnx, its set: `Conv`, `com.microsoft.Gelu`. */
export const operatorName = ({ domain, type }: { readonly domain: string; readonly type: string }): string =>
  domain === '' ? type : `${domain}.${type}`

/** Every operator that advx reads: those of ONNX, https://onnx.ai/onnx/operators/, and of TensorFlow.js. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [
    ACTIVATIONS,
    ATTENTION,
    BLOCKS,
    COMPARISONS,
    CONTROLS,
    CONVOLUTIONS,
    EINSUMS,
    ELEMENTWISE,
    GATHERINGS,
    MATRICES,
    NORMALIZATIONS,
    ORDERINGS,
    PADDINGS,
    POOLINGS,
    POWER_POOLINGS,
    QUANTISED,
    REDUCTIONS,
    RESIZES,
    SHAPES,
    SLICES,
    SOURCES,
    STANDARDIZATIONS,
    TRIANGLES,
    TRIGONOMETRY,
    UNNAMED,
    inSet('ai.onnx.ml', MAPS),
    inSet('com.microsoft', FUSED),
    inSet('com.microsoft', FUSED_ATTENTION),
    inSet('com.microsoft', QLINEAR),
    inSet('keras', KERAS),
    inSet('tensorflow', TENSORFLOW),
  ].flatMap(family => Object.entries(family)),
)

function inSet(domain: string, family: Operators): Operators {
  return Object.fromEntries(
    Object.entries(family).map(([type, operator]) => [operatorName({ domain, type }), operator]),
  )
}
