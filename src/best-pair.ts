import { rarelyDominated } from './pareto.ts'

/**
 * The two points (u, v) with the largest product of their sums, where both sums are above 0:
 *
 *     arg max_{p≠q} (u_p + u_q) · (v_p + v_q)
 *
 * The product grows in both sums, so a point of the pair gives way to any that dominates it, unless that is the other one
 * already: a best pair is found among the points that one other dominates at most. Among these, which can be all, by
 * branch and bound over a binary tree: two subtrees are left out when the sums of their maxima give no more than the best
 * pair so far. Exact, in O(N) memory; points on a line u + v = const, the worst that we know, take about N^1.5.
 *
 * @param u, v points that are not finite take no part
 * @returns null: no pair has both sums above 0
 */
export function bestPair(u: Float32Array, v: Float32Array): readonly [number, number] | null {
  const points = rarelyDominated(u, v)
  const leaves = 2 ** Math.ceil(Math.log2(Math.max(points.length, 1)))
  const [us, vs] = [u, v].map(values => maxima(points, values, leaves))
  let most = 0
  let pair: readonly [number, number] | null = null
  // Of two nodes as high in the tree, the pairs with a point in each; of one node, the pairs in it.
  const search = (a: number, b: number): void => {
    const [sum, other] = [us[a] + us[b], vs[a] + vs[b]]
    if (!(sum > 0 && other > 0 && sum * other > most)) return
    if (a >= leaves) {
      if (a === b) return
      most = sum * other
      pair = [points[a - leaves], points[b - leaves]]
      return
    }
    // The points fall in u and mostly rise in v: the far ends make up for each other.
    search(2 * a, 2 * b + 1)
    if (a !== b) search(2 * a + 1, 2 * b)
    search(2 * a, 2 * b)
    search(2 * a + 1, 2 * b + 1)
  }
  search(1, 1)
  return pair
}

/** A binary tree as an array, node k above 2k and 2k + 1, each the largest value below it; the leaves are at the end. */
function maxima(points: readonly number[], values: Float32Array, leaves: number): Float32Array {
  const tree = new Float32Array(2 * leaves).fill(-Infinity)
  for (const [k, i] of points.entries()) tree[leaves + k] = values[i]
  for (let k = leaves - 1; k > 0; k--) tree[k] = Math.max(tree[2 * k], tree[2 * k + 1])
  return tree
}
