import { homedir } from 'node:os'
import { isAbsolute, posix, resolve, win32 } from 'node:path'
import { AdvxError } from '../../errors.ts'

/** The variable that chooses the folder, for messages. */
export const CACHE_SETTING = 'ADVX_CACHE'

export interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly platform?: NodeJS.Platform
  readonly home?: () => string
}

/**
 * Where downloads are kept: ADVX_CACHE, else the platform's place for what can be had again:
 * https://specifications.freedesktop.org/basedir-spec/latest/, which takes absolute paths only, and macOS's and
 * Windows's own.
 */
export function cacheFolder({
  env = process.env,
  platform = process.platform,
  home = homedir,
}: Surroundings = {}): string {
  if (env.ADVX_CACHE) return resolve(env.ADVX_CACHE)
  if (platform === 'win32')
    return win32.join(env.LOCALAPPDATA || win32.join(homeOf(home), 'AppData', 'Local'), 'advx', 'Cache')
  if (platform === 'darwin') return posix.join(homeOf(home), 'Library', 'Caches', 'advx')
  const xdg = env.XDG_CACHE_HOME
  return posix.join(xdg && isAbsolute(xdg) ? xdg : posix.join(homeOf(home), '.cache'), 'advx')
}

function homeOf(home: () => string): string {
  try {
    return home()
  } catch (cause) {
    throw new AdvxError('usage', 'This user has no home folder: set ADVX_CACHE to a folder for downloads.', { cause })
  }
}
