import { add, elementwise, neg, sqrt, sub } from './elementwise.ts'

export const tan = elementwise('tan', {
  onnx: 'Tan',
  tfjs: 'Tan',
  js: Math.tan,
  vjp: (g, y) => [g.mul(y.mul(y).add(1))],
})
export const asin = elementwise('asin', {
  onnx: 'Asin',
  tfjs: 'Asin',
  js: Math.asin,
  vjp: (g, _, [x]) => [g.div(sqrt(sub(1, x.mul(x))))],
})
export const acos = elementwise('acos', {
  onnx: 'Acos',
  tfjs: 'Acos',
  js: Math.acos,
  vjp: (g, _, [x]) => [neg(g.div(sqrt(sub(1, x.mul(x)))))],
})
export const atan = elementwise('atan', {
  onnx: 'Atan',
  tfjs: 'Atan',
  js: Math.atan,
  vjp: (g, _, [x]) => [g.div(x.mul(x).add(1))],
})
export const sinh = elementwise('sinh', {
  onnx: 'Sinh',
  tfjs: 'Sinh',
  js: Math.sinh,
  vjp: (g, _, [x]) => [g.mul(cosh(x))],
})
export const cosh = elementwise('cosh', {
  onnx: 'Cosh',
  tfjs: 'Cosh',
  js: Math.cosh,
  vjp: (g, _, [x]) => [g.mul(sinh(x))],
})
export const asinh = elementwise('asinh', {
  onnx: 'Asinh',
  tfjs: 'Asinh',
  js: Math.asinh,
  vjp: (g, _, [x]) => [g.div(sqrt(add(1, x.mul(x))))],
})
export const acosh = elementwise('acosh', {
  onnx: 'Acosh',
  tfjs: 'Acosh',
  js: Math.acosh,
  vjp: (g, _, [x]) => [g.div(sqrt(x.mul(x).sub(1)))],
})
export const atanh = elementwise('atanh', {
  onnx: 'Atanh',
  tfjs: 'Atanh',
  js: Math.atanh,
  vjp: (g, _, [x]) => [g.div(sub(1, x.mul(x)))],
})
