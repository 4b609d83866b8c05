import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Models that the npm package nsfwjs 4.3 ships as scripts. */
export const NSFWJS = ['mobilenet_v2', 'mobilenet_v2_mid', 'inception_v3']

/** Unpacks one of them into a folder as TensorFlow.js has it. */
export function unpack(name, folder) {
  // By its path: the package does not export its files by name.
  const scripts = fileURLToPath(new URL(`../../node_modules/nsfwjs/dist/models/${name}`, import.meta.url))
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
