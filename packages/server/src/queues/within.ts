/** What work has answered. */
export interface Done<T> {
  readonly answer: T
}

/** Waits for work, but no longer than so many milliseconds; undefined where it is not done by then. Rejects as the work does. */
export async function within<T>(ms: number, work: Promise<T>): Promise<Done<T> | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([work.then((answer) => ({ answer })), late])
  } finally {
    clearTimeout(timer)
  }
}
