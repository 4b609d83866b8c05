// `npm ci` builds; an install without the development dependencies keeps the dist/ that is there.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = path => fileURLToPath(new URL(`../${path}`, import.meta.url))
const tsc = at('node_modules/typescript/bin/tsc')
if (existsSync(tsc)) {
  rmSync(at('dist'), { recursive: true, force: true })
  process.exitCode = spawnSync(process.execPath, [tsc], { cwd: at('.'), stdio: 'inherit' }).status ?? 1
} else if (!existsSync(at('dist/src/cli/main.js'))) {
  console.error(
    'advx: dist/ is missing and TypeScript is not installed. Run `npm ci` with the development dependencies.',
  )
  process.exitCode = 1
}
