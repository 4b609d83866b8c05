// The process tests run dist/: build it from what is tested. And no test sends ONNX Runtime's usage data: the sandboxes
// of Jest have a `process.env` that native code does not see.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export default function build() {
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('dist/ cannot be built')
}
