import { AdvxError } from '../errors.ts'

type Sharp = typeof import('sharp').default
let loading: Promise<Sharp> | undefined

/** The sharp library, loaded at the first picture: it is native, and `--help` has no use for it. */
export function loadSharp(): Promise<Sharp> {
  loading ??= load()
  return loading
}

async function load(): Promise<Sharp> {
  const sharp = await import('sharp').then(
    module => module.default,
    cause => {
      const hint = 'Run `npm install --include=optional sharp` on this machine.'
      throw new AdvxError('picture', `Expected sharp to load, which reads and writes the pictures. ${hint}`, { cause })
    },
  )
  // Pictures are read once each, and what is read back from disk must come from the disk.
  sharp.cache(false)
  return sharp
}
