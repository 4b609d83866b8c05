import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Models that the npm package nsfwjs 4.4 ships as scripts. */
export const NSFWJS = ['mobilenet_v2', 'mobilenet_v2_mid', 'inception_v3']

/** Unpacks one of them, from the nsfwjs that the folder `from` has installed, into a folder as TensorFlow.js has it. */
export function unpack(from, name, folder) {
  // By its path: the package does not export its files by name.
  const scripts = join(from, 'node_modules', 'nsfwjs', 'dist', 'models', name)
  const require = createRequire(join(scripts, 'model.min.js'))
  const script = file => {
    const value = require(join(scripts, `${file}.min.js`))
    return value.default ?? value
  }
  mkdirSync(folder, { recursive: true })
  const json = script('model')
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json))
  for (const path of json.weightsManifest.flatMap(({ paths }) => paths))
    writeFileSync(join(folder, path), Buffer.from(script(path), 'base64'))
}
