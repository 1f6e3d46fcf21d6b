import type { Logger } from '../logger.ts'

const lookMs = 1_000
/** In so many looks in a row: servers that start or were killed are not heard for a while. A pause of one's own is one look. */
const patience = 5

/** Which other servers there are, and how many are not heard. */
interface Hearing {
  readonly others: readonly string[]
  readonly unheard: number
  readonly hasBus: boolean
  readonly isBusConnected: boolean
}

/** Lets the log say that other servers live here and are not heard, and why; the answer ends this. */
export function watchHearing(nodes: Hearing, logger: Pick<Logger, 'info' | 'warn'>): () => void {
  let unheardLooks = 0
  let isSaid = false

  function say(): void {
    const fields = { others: nodes.others.length, unheard: nodes.unheard }
    if (nodes.hasBus) logger.warn(fields, 'Other servers are not heard over Redis')
    else logger.warn(fields, 'Other servers use this database, and there is no Redis')
  }

  function look(): void {
    if (nodes.unheard === 0) {
      if (isSaid) logger.info({ others: nodes.others.length }, 'All other servers are heard again')
      isSaid = false
      unheardLooks = 0
      return
    }
    // While Redis is away, that has been said.
    const isAway = nodes.hasBus && !nodes.isBusConnected
    unheardLooks = isAway ? 0 : unheardLooks + 1
    if (isSaid || unheardLooks <= patience) return
    isSaid = true
    say()
  }

  look()
  const timer = setInterval(look, lookMs).unref()
  return () => clearInterval(timer)
}
