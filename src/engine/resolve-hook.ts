// Node's module hooks (https://nodejs.org/api/module.html#customization-hooks): they run in a thread of their own.
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module'

let core = ''
let own = '' // how the search of an attack file's URL begins
export const initialize: InitializeHook<{ core: string; own: string }> = data => {
  ;({ core, own } = data)
}

export const resolve: ResolveHook = (specifier, context, next) =>
  specifier === 'advx' ? { url: core, shortCircuit: true } : next(specifier, context)

/** An attack file is a module, whatever the package.json above it says. */
export const load: LoadHook = (url, context, next) =>
  url.includes(own) ? next(url, { ...context, format: 'module' }) : next(url, context)
