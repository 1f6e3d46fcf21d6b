/** Lets so many through at a time, the others in the order in which they came. */
export function createSlots(most: number): (signal?: AbortSignal) => Promise<() => void> {
  const waiting: (() => void)[] = []
  let taken = 0

  /** Hands its place on. */
  function free(): void {
    const next = waiting.shift()
    if (next) next()
    else taken -= 1
  }

  function turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        waiting.splice(waiting.indexOf(go), 1)
        reject(signal?.reason)
      }
      waiting.push(go)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** Resolves to what lets the next one through; rejects with the signal's reason. */
  return async (signal) => {
    signal?.throwIfAborted()
    if (taken < most) taken += 1
    else await turn(signal)
    return free
  }
}
