import { describe, expect, test } from '@jest/globals'
import { families } from './cases.ts'
import { disagreement } from './small-model.ts'

describe.each(Object.entries(families))('%s', (_, cases) => {
  test.each(cases.map(([name, small]) => ({ name, small })))('$name', async ({ small }) => {
    expect(await disagreement(small)).toBeLessThan(1e-5)
  })
})
