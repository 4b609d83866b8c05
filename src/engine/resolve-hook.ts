// Node's module hooks (https://nodejs.org/api/module.html#customization-hooks): they run in a thread of their own.
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module'

let core = ''
export const initialize: InitializeHook<{ core: string }> = data => {
  core = data.core
}

export const resolve: ResolveHook = (specifier, context, next) =>
  specifier === 'advx' ? { url: core, shortCircuit: true } : next(specifier, context)

/** An attack file is a module, whatever the package.json above it says. */
export const load: LoadHook = (url, context, next) =>
  url.endsWith('.js') && context.format === 'commonjs' && !url.includes('/node_modules/')
    ? next(url, { ...context, format: 'module' })
    : next(url, context)
