import { runInNewContext } from 'node:vm'
import { AdvxError } from '../../errors.ts'

/** How a script is called that holds what the file of the name before it holds: model.min.js is a model.json. */
export const SCRIPT = '.min.js'

/**
 * What a script exports, as some npm packages ship their files (nsfwjs: the model's JSON, and its weights in base64). It
 * runs by itself: without `require`, without anything of this process.
 *
 * @throws AdvxError 'model' when it does not run, or exports nothing
 */
export function exportsOf(script: string): unknown {
  const code = `var module = { exports: {} }, exports = module.exports
${script}
;JSON.stringify(module.exports && module.exports.default !== undefined ? module.exports.default : module.exports)`
  let json: unknown
  try {
    json = runInNewContext(code, Object.create(null), { timeout: 30_000, contextCodeGeneration: { strings: false } })
  } catch (cause) {
    throw new AdvxError('model', `The script does not run: ${String((cause as Error)?.message).split('\n')[0]}.`, {
      cause,
    })
  }
  if (typeof json !== 'string' || json === '{}') throw new AdvxError('model', 'The script exports nothing.')
  return JSON.parse(json)
}
