/** Given to a hook in place of a name or an id, it asks for nothing. A symbol, since a room may be called "skip". */
export const skip: unique symbol = Symbol('skip')
export type Skip = typeof skip

/** What a hook's functions answer that need what was skipped. */
export function notWhileSkipped(): Promise<never> {
  return Promise.reject(new TypeError('There is nothing to do this with while the hook is given `skip`'))
}
