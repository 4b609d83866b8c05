import { input, type Tensor } from './tensor.ts'

/**
 * Random numbers in an attack's math. Each call is one draw; the driver fills it per image from (seed, pixels of
 * x₀, restart, step, draw), so that no image's numbers depend on its batch mates.
 */
export interface Random {
  /** Evenly distributed in (0, 1), of the shape of `like`. */
  uniform(like: Tensor): Tensor
  /** Standard normal, of the shape of `like`. */
  normal(like: Tensor): Tensor
}

export interface Draw {
  readonly tensor: Tensor
  readonly distribution: 'uniform' | 'normal'
}

/** A `Random` that notes what is asked of it. */
export function recorder(): { random: Random; draws: Draw[] } {
  const draws: Draw[] = []
  const draw = (distribution: Draw['distribution'], like: Tensor): Tensor => {
    const tensor = input(like.shape, `${distribution}${draws.length}`)
    draws.push({ tensor, distribution })
    return tensor
  }
  return { draws, random: { uniform: like => draw('uniform', like), normal: like => draw('normal', like) } }
}

/** 128 bits that stand for the bytes of a picture and a few whole numbers (MurmurHash3's mixing, four lanes). */
export function fingerprint(bytes: Uint8Array, ...numbers: readonly number[]): Uint32Array {
  const lanes = Uint32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef)
  const absorb = (lane: number, value: number): void => {
    const k = Math.imul(Math.imul(value, 0xcc9e2d51) ^ (value << 15), 0x1b873593)
    const h = lanes[lane] ^ k
    lanes[lane] = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64
  }
  for (let i = 0; i < bytes.length; i++) absorb(i & 3, bytes[i] + 1)
  for (const value of [bytes.length, ...numbers].flatMap(v => [v, Math.floor(v / 2 ** 32)]))
    for (let lane = 0; lane < 4; lane++) absorb(lane, value + lane)
  for (let round = 0; round < 2; round++)
    for (let lane = 0; lane < 4; lane++) {
      let h = lanes[lane] ^ lanes[(lane + 1) & 3]
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
      h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
      lanes[lane] = h ^ (h >>> 16)
    }
  return lanes
}

/** Fills `out` with numbers made of `next`, which gives even ones in (0, 1). */
export function fill(out: Float32Array, distribution: Draw['distribution'], next: () => number): void {
  if (distribution === 'uniform') for (let i = 0; i < out.length; i++) out[i] = next()
  // Box and Muller, both halves.
  else
    for (let i = 0; i < out.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(next()))
      const angle = 2 * Math.PI * next()
      out[i] = radius * Math.cos(angle)
      if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle)
    }
}

/**
 * Numbers in (0, 1) from a fingerprint: sfc32 (Chris Doty-Humphrey's, https://pracrand.sourceforge.net), 24 bits a number:
 * odd multiples of 2⁻²⁴, which float32 holds exactly.
 */
export function generator([a0, b0, c0, d0]: Uint32Array): () => number {
  let [a, b, c, d] = [a0 | 0, b0 | 0, c0 | 0, d0 | 0]
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return ((t >>> 9) * 2 + 1) / 2 ** 24
  }
  for (let i = 0; i < 12; i++) next()
  return next
}
