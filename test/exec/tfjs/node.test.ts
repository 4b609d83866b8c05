import { describe, test } from '@jest/globals'
import { tfjs } from '../../../src/exec/tfjs/executor.ts'
import { isInstalled, kindOf } from '../../../src/exec/tfjs/kinds.ts'
import { agreeWithReference } from '../operators.ts'

const kind = kindOf('tfjs-node')
if (isInstalled(kind)) agreeWithReference(tfjs(kind))
else
  describe('tfjs-node', () => {
    test.skip('is not here: bin/tfjs-node.sh sets it up', () => {})
  })
