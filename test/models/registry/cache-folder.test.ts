import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { cacheFolder } from '../../../src/models/registry/cache-folder.ts'

const home = (): string => '/home/me'

test.each([
  ['linux', {}, '/home/me/.cache/advx'],
  ['linux', { XDG_CACHE_HOME: '/var/c' }, '/var/c/advx'],
  ['linux', { XDG_CACHE_HOME: 'not/absolute' }, '/home/me/.cache/advx'],
  ['freebsd', { XDG_CACHE_HOME: '' }, '/home/me/.cache/advx'],
  ['darwin', { XDG_CACHE_HOME: '/var/c' }, '/home/me/Library/Caches/advx'],
  ['win32', { LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' }, 'C:\\Users\\me\\AppData\\Local\\advx\\Cache'],
  ['linux', { ADVX_CACHE: '/mine' }, '/mine'],
  ['win32', { ADVX_CACHE: 'mine' }, resolve('mine')],
  ['linux', { ADVX_CACHE: '' }, '/home/me/.cache/advx'],
] as const)('%s %j: %s', (platform, env, folder) => {
  expect(cacheFolder({ platform, env, home })).toBe(folder)
})

test('on Windows without LOCALAPPDATA it is in its usual place', () => {
  expect(cacheFolder({ platform: 'win32', env: {}, home: () => 'C:\\Users\\me' })).toBe(
    'C:\\Users\\me\\AppData\\Local\\advx\\Cache',
  )
})

test('a user without a home needs ADVX_CACHE', () => {
  const none = (): string => {
    throw new Error('ENOENT')
  }
  expect(() => cacheFolder({ platform: 'linux', env: {}, home: none })).toThrow('set ADVX_CACHE')
  expect(cacheFolder({ platform: 'linux', env: { ADVX_CACHE: join('/', 'a') }, home: none })).toBe('/a')
})
