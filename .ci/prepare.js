// `npm ci` builds; an install without the development dependencies keeps the dist/ that is there.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from './build.js'

const has = path => existsSync(fileURLToPath(new URL(`../${path}`, import.meta.url)))
if (has('node_modules/typescript') && has('node_modules/esbuild')) {
  if (!(await build())) process.exitCode = 1
} else if (!has('dist/bundle/src/cli/main.js')) {
  console.error(
    'advx: dist/ is missing and TypeScript is not installed. Run `npm ci` with the development dependencies.',
  )
  process.exitCode = 1
}
