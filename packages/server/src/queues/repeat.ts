interface Repeated {
  readonly run: () => void | Promise<void>
}

/** What runs again and again in this process. */
const repeated = new Set<Repeated>()

/**
 * Runs something again and again, for as long as the process lives by itself: what looks at the time of day, and acts on what
 * has become due since.
 * @returns a function that stops it
 */
export function repeat(run: () => void | Promise<void>, everyMs: number): () => void {
  const entry = { run }
  repeated.add(entry)
  const timer = setInterval(() => void run(), everyMs).unref()
  return () => {
    repeated.delete(entry)
    clearInterval(timer)
  }
}

/** Runs all that repeats now: the time of day has jumped. */
export async function runRepeated(): Promise<void> {
  await Promise.all([...repeated].map(({ run }) => run()))
}
