import { tfjs } from '../../../src/exec/tfjs/executor.ts'
import { kindOf } from '../../../src/exec/tfjs/kinds.ts'
import { agreeWithReference } from '../operators.ts'

agreeWithReference(tfjs(kindOf('tfjs-cpu')))
