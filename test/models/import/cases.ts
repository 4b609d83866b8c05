import { COMPUTING } from './computing-cases.ts'
import { MOVING } from './moving-cases.ts'

/** Every operator in its variants, by family. */
export const families = { ...COMPUTING, ...MOVING }
