import { held, quantise, straightThrough } from '../../../src/ops/quantize.ts'
import { type Case, domain, images } from '../case.ts'

// Where their gradient is no derivative: ../quantize.test.ts.
export const quantize: readonly Case[] = [
  { name: 'quantise below its range', inputs: [domain(images(2, 3))], f: x => quantise(x, 3, 200) },
  { name: 'quantise above its range', inputs: [domain(images(2, 3))], f: x => quantise(x, -128, -4) },
  { name: 'held zeros', inputs: [domain(images(2, 3))], f: x => x.add(held(x.mul(0))) },
  { name: 'straight through nothing', inputs: [domain(images(2, 3))], f: x => straightThrough(x.mul(1), x) },
]
