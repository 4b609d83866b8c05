import { describe, expect, test } from '@jest/globals'
import { importOnnx } from '../../../src/models/import/import-onnx.ts'
import { input, type Tensor } from '../../../src/tensor.ts'
import { gradients, relativeError, slopes } from '../../support/derivative.ts'
import { normals, values } from '../../support/values.ts'
import { families } from './cases.ts'
import { smallModel } from './small-model.ts'

/** Every way from the picture leads over a step. */
const FLAT = /^(Sign|Floor|Ceil|Round|ArgMax|ArgMin|OneHot) /
/** At a point where there is no derivative. */
const KINKS = ['L2 norms of nothing']

/** By what the importer says of it: gradients that are no derivatives are in ./quantised.test.ts. */
const STRAIGHT = /straight through/

describe.each(Object.entries(families))('%s', (_, cases) => {
  test.each(cases.filter(([name]) => !KINKS.includes(name)))('%s', (name, small) => {
    const { input: x, logits, batch, notes } = importOnnx(smallModel(small))
    if (STRAIGHT.test(notes.join())) return
    const count = batch === 1 ? 1 : 2
    const v = input(logits.shape, 'v')
    const y = logits.mul(v).sum()
    const feeds = new Map<Tensor, Float64Array>([
      [x, values(x.shape, count, -1, 1, 4)],
      [v, normals(-count * logits.shape[1] * logits.shape[0], 5)],
    ])
    const [g] = gradients(y, [x])
    if (!g) return expect(name).toMatch(FLAT)
    const along = new Map([[x, normals(feeds.get(x)!.length, 6)]])
    expect(relativeError(slopes(y, feeds, along, count, 1e-6))).toBeLessThan(1e-5)
  })
})
