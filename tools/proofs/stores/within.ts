/** Waits for a promise. Rejects after the deadline with an error that says what did not happen. */
export async function within<T>(promise: Promise<T>, deadlineMs: number, problem: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem} within ${deadlineMs} ms`)), deadlineMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
