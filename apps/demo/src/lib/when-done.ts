/** Goes on once an action has worked. Why it has not, its hook shows. */
export function whenDone<T>(action: Promise<T>, goOn: (result: T) => void): void {
  action.then(goOn, () => undefined)
}
