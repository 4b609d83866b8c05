/** What an import does that a user should know, for each operator that it does it to. */
export type Remark = keyof typeof SENTENCES

const SENTENCES = {
  quantised: (count: number) =>
    `${count} quantised operator${count === 1 ? '' : 's'}: gradients pass straight through their rounding.`,
  rounded: (count: number) =>
    `${count} operator${count === 1 ? ' rounds: its gradient is 0, and passes' : 's round: their gradients are 0, and pass'} straight through instead.`,
  dynamic: (count: number) =>
    `${count} operator${count === 1 ? ' finds its' : 's find their'} scale while the model runs: here from each picture alone. No gradient flows through the scale.`,
  halved: (count: number) =>
    `${count} Cast${count === 1 ? '' : 's'} to a float type of fewer bits ${count === 1 ? 'is' : 'are'} left out: advx computes in float32.`,
  stale: (count: number) =>
    `${count} layer${count === 1 ? ' names an input shape that is not the one it gets' : 's name input shapes that are not those they get'} (batch_input_shape): what comes counts.`,
}

/** Remarks of one import, counted. */
export class Notes {
  readonly #counts = new Map<Remark, number>()

  add(remark: Remark): void {
    this.#counts.set(remark, (this.#counts.get(remark) ?? 0) + 1)
  }

  /** One sentence for each kind of remark. */
  sentences(): string[] {
    return Array.from(this.#counts, ([remark, count]) => SENTENCES[remark](count))
  }
}
