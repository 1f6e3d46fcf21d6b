/**
 * Marks a promise whose failure state shows: whoever ignores the promise is not told of an unhandled rejection besides.
 */
export function shown<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
