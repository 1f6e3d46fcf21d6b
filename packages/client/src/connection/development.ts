type Warnings = typeof import('./warnings.ts')

/** Bundlers replace `process.env.NODE_ENV`; a browser without one has no `process`. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production' && process.env.NODE_ENV !== 'test'
  } catch {
    return false
  }
}

/** Runs in development alone, with the warnings, which production never loads. */
export function inDevelopment(work: (warnings: Warnings) => void): void {
  if (isDevelopment()) import('./warnings.ts').then(work, () => undefined)
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
  const isSecond = page[shared] !== copy
  inDevelopment((warnings) => {
    if (isSecond) warnings.twoCopies()
    warnings.countClient()
  })
}
