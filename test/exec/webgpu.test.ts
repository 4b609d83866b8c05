import { describe, test } from '@jest/globals'
import { webgpu, webgpuProblem } from '../../src/exec/ort/webgpu.ts'
import { agreeWithReference } from './operators.ts'

/** WebGPU promises of sin and cos 2⁻¹¹: https://www.w3.org/TR/WGSL/#concrete-float-accuracy */
const tolerance = (name: string): number => (/sin|cos|tan/.test(name) ? 5e-4 : 2e-5)

const problem = await webgpuProblem()
if (problem === null) agreeWithReference(webgpu(), tolerance)
else
  describe('webgpu', () => {
    test.skip(`is not here: ${problem}`, () => {})
  })
