// The process tests run dist/: build it from what is tested.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export default function build() {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('dist/ cannot be built')
}
