import { Agent, Dispatcher, ProxyAgent } from 'undici'
import { expected } from '../errors.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for a URL, as curl reads it: https_proxy, http_proxy, all_proxy and no_proxy, also
 * in capitals. Null: none.
 *
 * @throws AdvxError 'usage' for one that is no URL of http or https.
 */
export function proxyFor(url: URL, env: Env = process.env): string | null {
  const variable = (name: string): string => env[name] || env[name.toUpperCase()] || ''
  const kind = `${url.protocol.slice(0, -1)}_proxy`
  const [name, proxy] = [kind, 'all_proxy'].map(key => [key, variable(key)]).find(([, value]) => value !== '') ?? []
  if (!name || !proxy || excepted(url, variable('no_proxy'))) return null
  const full = proxy.includes('://') ? proxy : `http://${proxy}`
  if (URL.canParse(full) && /^https?:$/.test(new URL(full).protocol)) return full
  // It may hold a password.
  const shown = proxy.replace(/\/\/[^/]*@/, '//…@')
  throw expected('usage', 'a proxy such as http://proxy.example:3128', name.toUpperCase(), shown)
}

/** Whether a list such as `localhost,.example.com,10.0.0.1:8080` names a URL's host or a domain above it; `*` names all. */
function excepted({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/[[\]]/g, '')
  const at = port || (protocol === 'https:' ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some(entry => {
      if (entry === '*') return true
      // `::1` has colons of its own, `[::1]:8080` a port.
      const [, name = entry, only = at] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []
      const domain = name.replace(/^\*?\.|[[\]]/g, '')
      return only === at && (host === domain || host.endsWith(`.${domain}`))
    })
}

/** Sends each request, also one that a redirect asks for, by the proxy of its address. */
export class ProxyDispatcher extends Dispatcher {
  readonly #agents = new Map<string | null, Dispatcher>()

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandlers): boolean {
    return this.#agentFor(proxyFor(new URL(String(options.origin)))).dispatch(options, handler)
  }

  /** Ends all connections, also those in use. */
  override async destroy(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(agent => agent.destroy()))
  }

  #agentFor(proxy: string | null): Dispatcher {
    const agent = this.#agents.get(proxy) ?? (proxy === null ? new Agent() : new ProxyAgent({ uri: proxy }))
    this.#agents.set(proxy, agent)
    return agent
  }
}
