/** The classes by their scores, the likeliest first; of equal ones the first. */
export const ranked = (scores: ArrayLike<number>): number[] =>
  Array.from(scores, (_, k) => k).sort((a, b) => scores[b] - scores[a] || a - b)
