// The process tests run dist/: build it from what is tested. And no test sends ONNX Runtime's usage data: the sandboxes
// of Jest have a `process.env` that native code does not see.
import { build } from '../../.ci/build.js'

export default async function () {
  process.env.ORT_DISABLE_TELEMETRY = '1'
  if (!(await build())) throw new Error('dist/ cannot be built')
}
