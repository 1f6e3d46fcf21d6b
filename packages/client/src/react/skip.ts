/** Give this to a hook instead of a name or an id, and it loads nothing. A symbol, since a room may be called "skip". */
export const skip: unique symbol = Symbol('skip')
export type Skip = typeof skip

/** What the functions of a skipped hook do. */
export function rejectSkipped(): Promise<never> {
  return Promise.reject(new TypeError('Nothing to do while the hook is given `skip`'))
}
