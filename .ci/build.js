// Builds dist/: src/, attacks/ and defenses/ as modules with their types, by tsc, and from these dist/bundle/, which is what runs:
// the same in few files, because Node takes longer to find 250 modules than to read them.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = path => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Whether it was built; what is wrong is printed. */
export async function build() {
  rmSync(at('dist'), { recursive: true, force: true })
  const { status } = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc')], {
    cwd: at('.'),
    stdio: 'inherit',
  })
  if (status !== 0) return false
  const { build: bundle } = await import('esbuild')
  const { errors } = await bundle({
    absWorkingDir: at('.'),
    entryPoints: ['index', 'cli/main', 'engine/worker', 'engine/resolve-hook'].map(name => `dist/src/${name}.js`),
    outbase: 'dist',
    outdir: 'dist/bundle',
    chunkNames: 'src/parts/[name]-[hash]', // as deep as src/engine/: paths from import.meta.url are the same
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  })
  // As they are, each importing 'advx': their sha256 in a plan changes when they do, not when anything else does.
  for (const folder of ['attacks', 'defenses'])
    cpSync(at(`dist/${folder}`), at(`dist/bundle/${folder}`), {
      recursive: true,
      filter: path => !path.endsWith('.d.ts'),
    })
  return errors.length === 0
}
