import { describe, expect, test } from '@jest/globals'
import { attack, clip, grad, N, type State } from 'advx'
import { loadAttack } from '../../src/engine/registry.ts'
import { type Target, trace } from '../../src/engine/trace.ts'
import { ancestors, toposort } from '../../src/graph.ts'
import { linf } from '../../src/norms.ts'
import { reshape } from '../../src/ops/shape.ts'
import { constant, input, isConstant, type Tensor } from '../../src/tensor.ts'
import { normals } from '../support/values.ts'

const shape = [N, 1, 2, 2]
const w = constant(Float32Array.from(normals(12, 1)), [4, 3])
const logits = (x: Tensor): Tensor => reshape(x, [N, 4]).matmul(w)
const target: Target = { shape, classes: 3, logits, constants: new Set([w]) }
const traced = async (name: string) => {
  const { attack, sha256 } = await loadAttack(name)
  expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  return trace(attack, linf, false, attack.params as Record<string, number>, target)
}
const uses = (outputs: readonly Tensor[], t: Tensor): boolean => ancestors(outputs).has(t)

describe('a step is cut at the model', () => {
  test('the weights are in the heavy part alone', async () => {
    const { heavy, light } = await traced('pgd')
    expect(uses(Object.values(heavy.outputs), w)).toBe(true)
    expect(uses(Object.values(light.outputs), w)).toBe(false)
    expect(Object.keys(light.outputs)).toEqual(['next:x'])
  })

  test('attacks that climb the same loss have the same heavy part', async () => {
    const text = async (name: string): Promise<string> => {
      const { heavy } = await traced(name)
      return toposort([heavy.outputs['cut:0']])
        .map(t => `${t.op.name} [${t.shape}]`)
        .join()
    }
    expect(await text('bim')).toBe(await text('pgd'))
  })

  test('the gradient at x comes for free where the step needs it', async () => {
    expect((await traced('pgd')).gradient).toBe(true)
    expect((await traced('pgd')).heavy.outputs.gradient).toBeDefined()
    expect((await traced('fgsm')).gradient).toBe(false) // it climbs another form of the loss
  })

  test('random numbers are inputs', async () => {
    const { startDraws, start, stepDraws } = await traced('pgd')
    expect(startDraws).toEqual([{ name: 'start:0', distribution: 'uniform', length: 4 }])
    expect(start).not.toBeNull()
    expect(stepDraws).toEqual([])
    expect((await traced('bim')).start).toBeNull()
  })
})

describe('what an attack does wrong is said', () => {
  const broken = (definition: { start?: unknown; step: unknown }): string => {
    const made = attack({
      title: 'broken',
      paper: '',
      norms: { linf: { eps: 0.1 } },
      params: {},
      ...definition,
    } as never)
    try {
      trace(made, linf, false, {}, target)
    } catch (error) {
      return (error as Error).message
    }
    throw new Error('nothing was said')
  }

  test('a state without x', () => {
    expect(broken({ step: () => ({ z: input(shape) }) })).toMatch(/x: \[N, 1, 2, 2\].*step\(\).*no x/)
  })
  test('an x of another shape', () => {
    expect(broken({ step: ({ x }: State) => ({ x: x.sum([2, 3]) }) })).toMatch(/\[N, 1, 1, 1\]/)
  })
  test('a field that is not per image', () => {
    const one = constant(1, [3])
    expect(broken({ start: () => ({ x: input(shape), c: one }), step: (s: State) => s })).toMatch(
      /'c' in start\(\).*\[3\]/,
    )
  })
  test('a forgotten field', () => {
    const start = ({ x0 }: { x0: Tensor }) => ({ x: x0, g: x0.mul(0) })
    expect(broken({ start, step: ({ x }: State) => ({ x }) })).toMatch(/the fields x, g/)
  })
  test('a gradient of something else', () => {
    const step = ({ x }: State, { x0, loss }: { x0: Tensor; loss: (x: Tensor) => Tensor }) => ({
      x: clip(x.add(grad(() => loss(x0))(x)), 0, 1),
    })
    expect(broken({ step })).toMatch(/does not depend on the input/)
  })
})

test('constants of the model are found as constants', () => {
  expect([...ancestors([logits(input(shape))])].filter(isConstant)).toEqual([w])
})
