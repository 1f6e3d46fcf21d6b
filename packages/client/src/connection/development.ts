type Warnings = typeof import('./warnings.ts')

/** Bundlers replace `process.env.NODE_ENV`; a browser without one has no `process`. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production' && process.env.NODE_ENV !== 'test'
  } catch {
    return false
  }
}

/** Gives one of the warnings, in development alone: production never loads them. */
export function warn<K extends keyof Warnings>(name: K, ...args: Parameters<Warnings[K]>): void {
  if (!isDevelopment()) return
  import('./warnings.ts').then(
    (warnings) => (warnings[name] as (...args: Parameters<Warnings[K]>) => void)(...args),
    () => undefined,
  )
}

/** This copy of the package. */
const copy = {}
const shared = Symbol.for('@dowellchat/client')

/** Looks for what goes wrong in a page without any error: two copies of the package, and clients without end. */
export function watchCopies(): void {
  // Servers load modules anew as they please.
  if (typeof document === 'undefined') return
  const page = globalThis as { [shared]?: object }
  page[shared] ??= copy
  warn('countClient', page[shared] !== copy)
}
