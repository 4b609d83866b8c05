import { COMPUTING } from './computing-cases.ts'
import { FUSED } from './fused-cases.ts'
import { MOVING } from './moving-cases.ts'
import { QUANTISED } from './quantised-cases.ts'
import { SOURCES } from './source-cases.ts'

/** Every operator in its variants, by family. */
export const families = { ...COMPUTING, ...MOVING, ...SOURCES, ...QUANTISED, ...FUSED }
