import { AdvxError } from '../errors.ts'

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full. Free some space; the same command goes on from there (a training with --resume)',
  EDQUOT: 'the quota of this user is used up. Free some space; the same command goes on from there',
  EFBIG: 'the file system takes no larger file. Choose another --out',
  EACCES: 'this user may not write there. Choose another --out or change its permissions',
  EPERM: 'this user may not write there. Choose another --out or change its permissions',
  EROFS: 'that file system is read-only. Choose another --out',
  ENOTDIR: 'a part of the path is a file, not a folder. Choose another --out',
  ELOOP: 'a link in the path leads back to itself. Choose another --out',
  ENOENT: 'a folder above it is missing and cannot be made there. Choose another --out',
  EEXIST: 'there is a file of that name. Choose another --out',
  EISDIR: 'there is a folder of that name. Choose another --out',
  ENAMETOOLONG: 'the name is too long for the file system. Choose a shorter --out or shorter names',
  EMFILE: 'too many files are open. Raise the limit (`ulimit -n`)',
  EIO: 'the disk reports an error. Check it or choose another --out',
}

/**
 * A failed call of the file system as an error that a user can act on; anything else, a bug, comes back as it is.
 * `setting`: what chooses the folder.
 */
export function outputError(cause: unknown, what: string, setting = '--out'): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (cause instanceof AdvxError || typeof code !== 'string' || !/^E[A-Z]/.test(code)) return cause
  const reason = (REASONS[code] ?? `the system says ${code}. Choose another --out`).replaceAll('--out', setting)
  return new AdvxError('output', `Cannot write ${what}: ${reason}.`, { cause })
}
