import { describe, test } from '@jest/globals'
import { fileOf } from '../../../src/exec/tfjs/backend.ts'
import { tfjs } from '../../../src/exec/tfjs/executor.ts'
import { KINDS } from '../../../src/exec/tfjs/kinds.ts'
import { agreeWithReference } from '../operators.ts'

if (fileOf('@tensorflow/tfjs-node')) agreeWithReference(tfjs(KINDS['tfjs-node']))
else
  describe('tfjs-node', () => {
    test.skip('is not here: bin/tfjs-node.sh sets it up', () => {})
  })
