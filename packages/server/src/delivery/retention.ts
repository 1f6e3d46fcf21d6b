import type { Workspaces } from '../identity/workspaces.ts'
import type { Logger } from '../logger.ts'
import type { Streams } from './streams.ts'

const hourMs = 60 * 60 * 1_000
const dayMs = 24 * hourMs

/**
 * Removes messages that are older than their workspace keeps them, now and every hour.
 * @returns a function that stops this; it resolves once no removal is under way
 */
export function startRetention(
  streams: Streams,
  { withRetention }: Pick<Workspaces, 'withRetention'>,
  logger: Logger,
): () => Promise<void> {
  if (withRetention.length === 0) return async () => {}
  let isStopped = false
  let sweeping = Promise.resolve()

  async function sweep(): Promise<void> {
    for (const { _id, retention_days } of withRetention) {
      if (isStopped) return
      const before = new Date(Date.now() - retention_days * dayMs).toISOString()
      try {
        const removed = await streams.prune(_id, before)
        if (removed > 0) logger.info({ workspace: _id, removed, before }, 'Old messages are removed')
      } catch (error) {
        logger.error({ workspace: _id, error }, 'Old messages could not be removed')
      }
    }
  }

  function next(): void {
    sweeping = sweeping.then(sweep)
  }

  next()
  const timer = setInterval(next, hourMs)
  timer.unref()
  return () => {
    isStopped = true
    clearInterval(timer)
    return sweeping
  }
}
