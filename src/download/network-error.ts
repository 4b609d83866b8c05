import { AdvxError } from '../errors.ts'

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/ENOTFOUND|EAI_AGAIN/, 'Is there a network? Behind a proxy, set HTTPS_PROXY.'],
  [/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|CONNECT_TIMEOUT/, 'Behind a proxy, set HTTPS_PROXY; see also NO_PROXY.'],
  [
    /CERT|SIGNATURE|SELF_SIGNED/,
    'A proxy that reads along has its own certificate: name its file in NODE_EXTRA_CA_CERTS.',
  ],
  [/407/, 'The proxy wants a login: HTTPS_PROXY=http://name:password@host:port.'],
]

/** A failed request of undici's as an error that a user can act on; anything else, a bug, comes back as it is. */
export function networkError(error: unknown, host: string): unknown {
  const { name, message } = error as Partial<Error>
  if (name !== 'TypeError' || !/^(fetch failed|terminated)$/.test(message ?? '')) return error
  const { message: inner, code = '' } = innermost(error as NodeJS.ErrnoException)
  const reason = inner.replace(/\.$/, '') || code
  const hint = HINTS.find(([pattern]) => pattern.test(`${code} ${reason}`))?.[1]
  return new AdvxError(
    'model',
    `The download from ${host} failed: ${reason}. ${hint ?? 'The same command goes on from what is there.'}`,
    { cause: error },
  )
}

const innermost = (error: NodeJS.ErrnoException): NodeJS.ErrnoException =>
  error.cause ? innermost(error.cause as NodeJS.ErrnoException) : error
