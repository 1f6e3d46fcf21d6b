// Loaded before the server by tests of a machine whose clock is wrong, in each of its threads: how many milliseconds it is ahead
// stands in the file CLOCK_AHEAD, and may be changed while the server runs. Elapsed time (`performance.now`, timers) stays, as
// it does when a machine's clock is set.
import { readFileSync } from 'node:fs'

const now = Date.now.bind(Date)
const everyMs = 50
let readAt = Number.NEGATIVE_INFINITY
let aheadMs = 0

function ahead() {
  if (performance.now() - readAt < everyMs) return aheadMs
  readAt = performance.now()
  aheadMs = Number(readFileSync(process.env.CLOCK_AHEAD ?? '', 'utf8'))
  return aheadMs
}

Date.now = () => now() + ahead()
