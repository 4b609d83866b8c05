import { AdvxError } from '../errors.ts'

/** What went wrong with a model's file, as an error that begins with its path; what is no fault of the file, as it is. */
export function ofFile(path: string, error: unknown): unknown {
  if (error instanceof AdvxError) return new AdvxError(error.fault, `${path}: ${error.message}`, { cause: error })
  const { code } = error as NodeJS.ErrnoException
  if (!code) return error
  const reason = code === 'ENOENT' ? 'There is no such file.' : `It cannot be read (${code}).`
  return new AdvxError('model', `${path}: ${reason}`, { cause: error })
}
