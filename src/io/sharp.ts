import { createRequire } from 'node:module'
import { AdvxError } from '../errors.ts'

type Sharp = typeof import('sharp').default
const require = createRequire(import.meta.url)
let loaded: Sharp | undefined

/**
 * The sharp library, loaded at the first picture: it is native, and `--help` has no use for it. By `require`: its ES
 * modules take twice as long.
 */
export function loadSharp(): Sharp {
  loaded ??= load()
  return loaded
}

function load(): Sharp {
  try {
    const sharp: Sharp = require('sharp')
    // Pictures are read once each, and what is read back from disk must come from the disk.
    sharp.cache(false)
    return sharp
  } catch (cause) {
    const hint = 'Run `npm install --include=optional sharp` on this machine.'
    throw new AdvxError('picture', `Expected sharp to load, which reads and writes the pictures. ${hint}`, { cause })
  }
}
