import { clampLevel } from './lattice.ts'
import type { Ground } from './lattice-search.ts'

const TRIES = 8

/**
 * An adversarial picture that moves no value by more than k levels, for the least k that is found. In each such ball its
 * corners are tried: from the one that x lies towards, each next one up the sum of the gradients so far.
 */
export async function fewestLevels(ground: Ground, x: Float32Array): Promise<Uint8Array | null> {
  const { x0 } = ground
  const start = x.map((v, i) => v - x0[i] / 255)
  const reach = 255 * start.reduce((a, d) => Math.max(a, Math.abs(d)), 0)
  let found: Uint8Array | null = null
  let direction = start
  const within = async (k: number): Promise<Uint8Array | null> => {
    const sum = new Float32Array(x0.length)
    let last: Uint8Array | null = null
    for (let tries = 0; tries < TRIES; tries++) {
      const levels = corner(x0, direction, k)
      if (last?.every((v, i) => v === levels[i])) return null
      last = levels
      if ((await ground.advantage(levels)) >= 0) return levels
      const gradient = await ground.gradient(levels)
      for (let i = 0; i < sum.length; i++) sum[i] += gradient[i]
      direction = sum.slice()
    }
    return null
  }
  let k = Math.max(1, Math.ceil(reach - 1e-3))
  while (!found && k <= 255) {
    found = await within(k)
    if (!found) k = Math.min(k + 1, 256)
  }
  while (found && k > 1) {
    const nearer = await within(--k)
    if (!nearer) break
    found = nearer
  }
  return found
}

function corner(x0: Uint8Array, direction: Float32Array, k: number): Uint8Array {
  const levels = new Uint8Array(x0.length)
  for (let i = 0; i < levels.length; i++) levels[i] = clampLevel(x0[i] + k * Math.sign(direction[i]))
  return levels
}
