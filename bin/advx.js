#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/bundle/src/cli/main.js', import.meta.url)
if (existsSync(main)) await (await import(main.href)).main(process.argv.slice(2))
else {
  console.error('advx: it is not built: dist/ is missing. Run `npm ci` (or `npm run build`) in the folder of advx.')
  process.exitCode = 3
}
