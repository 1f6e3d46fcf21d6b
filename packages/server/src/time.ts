/** How far the process's servers are ahead of `Date`: tests move their time. */
let aheadMs = 0

/** The servers' time, in milliseconds since 1970. */
export function dateNow(): number {
  return Date.now() + aheadMs
}

let shownMs = Number.NaN
let shown = ''

/** The servers' time, as it is stored and sent. */
export function isoNow(): string {
  const now = dateNow()
  // Under load many ask within a millisecond, and its text costs what the rest of a small request does.
  if (now !== shownMs) {
    shownMs = now
    shown = new Date(now).toISOString()
  }
  return shown
}

/** What runs again and again in this process. */
const repeated = new Set<{ readonly run: () => void | Promise<void> }>()

/**
 * Runs something again and again, without keeping the process alive: what looks at the time, and acts on what has become due.
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

const turnMs = 250

/**
 * Runs something after so long, counted in turns, of which a pause of this process takes one: what came meanwhile is read before
 * the next.
 * @returns a function that stops it
 */
export function afterTurns(run: () => void, ms: number): () => void {
  let left = Math.ceil(ms / turnMs)
  const timer = setInterval(() => {
    left -= 1
    if (left > 0) return
    clearInterval(timer)
    run()
  }, turnMs)
  return () => clearInterval(timer)
}

/** Moves the servers' time; resolves once all that repeats has run. */
export async function setAhead(ms: number): Promise<void> {
  aheadMs = ms
  await Promise.all([...repeated].map(({ run }) => run()))
}

/** How far the machine's clock is from elapsed time, which goes on alone: it changes where the clock is set, or the machine sleeps. */
export function clockOffset(): number {
  return Date.now() - performance.now()
}
