/** Lets callers ignore a promise whose failure the state shows: its rejection never counts as unhandled. */
export function ignorable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
