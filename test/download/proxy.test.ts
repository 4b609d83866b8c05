import { describe, expect, test } from '@jest/globals'
import { proxyFor } from '../../src/download/proxy.ts'

const A = 'http://a.example:3128'
const B = 'http://b.example:3128'

test.each([
  ['https://x.org/', { HTTPS_PROXY: A, HTTP_PROXY: B }, A],
  ['http://x.org/', { HTTPS_PROXY: A, HTTP_PROXY: B }, B],
  ['https://x.org/', { HTTP_PROXY: B }, null],
  ['https://x.org/', { ALL_PROXY: B }, B],
  ['https://x.org/', { https_proxy: A, HTTPS_PROXY: B }, A],
  ['https://x.org/', { HTTPS_PROXY: '' }, null],
  ['https://x.org/', { HTTPS_PROXY: 'a.example:3128' }, A],
  ['https://x.org/', {}, null],
])('%s by %j: %s', (url, env, proxy) => {
  expect(proxyFor(new URL(url), env)).toBe(proxy)
})

describe('NO_PROXY', () => {
  test.each([
    ['x.org', 'https://x.org/', true],
    ['x.org', 'https://sub.X.org/', true],
    ['.x.org', 'https://sub.x.org/', true],
    ['*.x.org', 'https://sub.x.org/', true],
    ['x.org', 'https://notx.org/', false],
    ['y.org, x.org', 'https://x.org/', true],
    ['y.org x.org', 'https://x.org/', true],
    ['x.org:443', 'https://x.org/', true],
    ['x.org:80', 'https://x.org/', false],
    ['x.org:8443', 'https://x.org:8443/', true],
    ['*', 'https://x.org/', true],
    ['127.0.0.1', 'http://127.0.0.1:8080/', true],
    ['::1', 'http://[::1]:8080/', true],
    ['[::1]:8080', 'http://[::1]:8080/', true],
    ['[::1]:8081', 'http://[::1]:8080/', false],
    ['', 'https://x.org/', false],
  ])('%s on %s: %p', (list, url, past) => {
    expect(proxyFor(new URL(url), { ALL_PROXY: A, NO_PROXY: list })).toBe(past ? null : A)
  })
})

test.each(['socks5://a:1', 'http://', '::'])('%s is no proxy', proxy => {
  expect(() => proxyFor(new URL('https://x.org'), { HTTPS_PROXY: proxy })).toThrow(/HTTPS_PROXY|ALL_PROXY/)
})
