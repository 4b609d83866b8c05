import { expect, test } from '@jest/globals'
import { grad } from '../src/grad.ts'
import { crossEntropy } from '../src/nn.ts'
import { conv } from '../src/ops/conv.ts'
import { clip, relu, sign } from '../src/ops/elementwise.ts'
import { maxPool } from '../src/ops/pool.ts'
import { reshape } from '../src/ops/shape.ts'
import { slice } from '../src/ops/slice.ts'
import { print } from '../src/print.ts'
import { N } from '../src/shape.ts'
import { simplify } from '../src/simplify.ts'
import { constant, input, type Tensor } from '../src/tensor.ts'

const ones = (...shape: number[]): Tensor => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape)

test('a step of an attack on a small net', () => {
  const [x, y, eps] = [input([N, 1, 8, 8], 'x'), input([N, 10], 'y'), input([], 'eps')]
  const loss = (t: Tensor): Tensor => {
    const maps = relu(conv(t, ones(4, 1, 3, 3), { pads: [1, 1, 1, 1], strides: [2, 2] }))
    const pooled = maxPool(maps, { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] })
    return crossEntropy(reshape(pooled, [N, 16]).matmul(ones(16, 10)), y)
  }
  expect(print(simplify([clip(x.add(sign(grad(loss)(x)).mul(eps)), 0, 1)]))).toMatchInlineSnapshot(`
"x: [N, 1, 8, 8]
%1 = conv(x, [4, 1, 3, 3]) {strides: 2 2, pads: 1 1 1 1} : [N, 4, 4, 4]
%2 = relu(%1) : [N, 4, 4, 4]
%3 = maxPool(%2) {kernel: 2 2, strides: 2 2} : [N, 4, 2, 2]
%4 = reshape(%3) : [N, 16]
%5 = matmul(%4, [16, 10]) : [N, 10]
y: [N, 10]
%6 = mul(y, 1000000000) : [N, 10]
%7 = sub(%5, %6) : [N, 10]
%8 = logSumExp(%7) : [N, 1]
%9 = mul(%5, y) : [N, 10]
%10 = sum(%9) {axes: 1} : [N, 1]
%11 = sub(%8, %10) : [N, 1]
%12 = softplus(%11) : [N, 1]
%13 = sub(%11, %12) : [N, 1]
%14 = exp(%13) : [N, 1]
%15 = maximum(%14, 1e-20) : [N, 1]
%16 = neg(%15) : [N, 1]
%17 = mul(%16, y) : [N, 10]
%18 = softmax(%7) : [N, 10]
%19 = mul(%18, %15) : [N, 10]
%20 = add(%17, %19) : [N, 10]
%21 = matmul(%20, [10, 16]) : [N, 16]
%22 = reshape(%21) : [N, 4, 2, 2]
%23 = maxPoolInput(%22, %2, %3) {kernel: 2 2, strides: 2 2} : [N, 4, 4, 4]
%24 = positive(%2) : [N, 4, 4, 4]
%25 = mul(%23, %24) : [N, 4, 4, 4]
%26 = convInput(%25, [4, 1, 3, 3]) {strides: 2 2, pads: 1 1 1 1} : [N, 1, 8, 8]
%27 = sign(%26) : [N, 1, 8, 8]
eps: []
%28 = mul(%27, eps) : [N, 1, 8, 8]
%29 = add(x, %28) : [N, 1, 8, 8]
%30 = clamp(%29) {lo: 0, hi: 1} : [N, 1, 8, 8]
return %30"
`)
})

test('numbers have the digits that a float32 has', () => {
  const x = input([N, 2], 'x')
  const y = clip(
    x
      .mul(0.1)
      .add(1 / 3)
      .sub(1e-30)
      .add(constant(-Infinity)),
    -0.2,
    Infinity,
  )
  expect(print([y, slice(y, [0, 1], [N, 1])])).toMatchInlineSnapshot(`
"x: [N, 2]
%1 = mul(x, 0.1) : [N, 2]
%2 = add(%1, 0.33333334) : [N, 2]
%3 = sub(%2, 1e-30) : [N, 2]
%4 = add(%3, -Infinity) : [N, 2]
%5 = clamp(%4) {lo: -0.2, hi: Infinity} : [N, 2]
%6 = slice(%5) {starts: 0 1, steps: 1 1} : [N, 1]
return %5, %6"
`)
})

test('a graph without operators', () => {
  expect(print([input([N, -6, 3], 'x'), constant(2), ones(2, 3)])).toMatchInlineSnapshot(`
"x: [N, 6N, 3]
return x, 2, [2, 3]"
`)
})
