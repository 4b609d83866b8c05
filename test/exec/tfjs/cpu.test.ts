import { tfjs } from '../../../src/exec/tfjs/executor.ts'
import { KINDS } from '../../../src/exec/tfjs/kinds.ts'
import { agreeWithReference } from '../operators.ts'

agreeWithReference(tfjs(KINDS['tfjs-cpu']))
