import { AdvxError } from '../../errors.ts'

/**
 * What decoding one file may still cost, so that a small file cannot become a large heap: two bytes of a
 * file can be an empty message, and an object takes a hundred times that.
 */
export interface Budget {
  /** Bytes of memory left; see `COST`. */
  memory: number
  /** Messages within messages that may still be opened. */
  depth: number
  /** The field that is being read, for errors. */
  place?: Place
}

export interface Place {
  readonly message: string
  field: string | number
  byte: number
}

/** 2 GiB, the most that a protobuf file may hold: no honest file grows by being decoded. */
const MEMORY = 2 ** 31
/** A graph in a graph is three messages deeper (node, attribute, graph): enough for 16 of them and their tensors. */
const DEPTH = 60

/** Bytes, rounded up, with what is built from them later: a message, an element of a list, a byte of text. */
export const COST = { message: 1024, element: 256, text: 8 }

export const fullBudget = (): Budget => ({ memory: MEMORY, depth: DEPTH })

/** Takes `bytes` from the budget, before they are allocated. */
export function spend(budget: Budget, bytes: number): void {
  budget.memory -= bytes
  if (budget.memory < 0)
    throw new AdvxError('model', 'the file would need more than 2 GiB of memory: it holds too many small parts')
}
