import type { Workspaces } from '../identity/workspaces.ts'
import type { Logger } from '../logger.ts'
import type { AuditStore, ThreadStore, UploadStore } from '../stores/store.ts'
import { dateNow, isoNow, repeat } from '../time.ts'
import type { Streams } from './streams.ts'

const hourMs = 60 * 60 * 1_000
const dayMs = 24 * hourMs

/** How long the audit trail keeps addresses. */
const addressDays = 30

/** What retention needs of the server. */
export interface RetentionOptions {
  readonly streams: Pick<Streams, 'prune'>
  readonly threads: Pick<ThreadStore, 'prune'>
  readonly audit: Pick<AuditStore, 'forgetAddresses'>
  readonly uploads: Pick<UploadStore, 'expire' | 'forgetDays'>
  readonly workspaces: Pick<Workspaces, 'ids' | 'withRetention'>
  readonly logger: Logger
  /** Whether the clock may be wrong: then nothing is removed. */
  isDoubtful?(): boolean
}

/**
 * Removes messages that are older than their workspace keeps them, and old addresses from the audit trail, now and every
 * hour.
 * @returns a function that stops this; it resolves once no removal is under way
 */
export function startRetention({
  streams,
  threads,
  audit,
  uploads,
  workspaces,
  logger,
  isDoubtful = () => false,
}: RetentionOptions): () => Promise<void> {
  let isStopped = false
  let sweeping = Promise.resolve()

  async function pruneMessages(): Promise<void> {
    for (const { _id, retention_days } of workspaces.withRetention) {
      if (isStopped) return
      const before = daysAgo(retention_days)
      try {
        const removed = await streams.prune(_id, before, () => isStopped)
        await pruneThreads(_id)
        await expireUploads(_id, before)
        if (removed > 0) logger.info({ workspace: _id, removed, before }, 'Old messages are removed')
      } catch (error) {
        logger.error({ workspace: _id, error }, 'Old messages could not be removed')
      }
    }
  }

  async function pruneThreads(workspaceId: string): Promise<void> {
    let from: string | null = null
    do from = (await threads.prune(workspaceId, from)).next
    while (from !== null && !isStopped)
  }

  /** Their messages are gone by then: a message is stored moments after it has named its files. */
  async function expireUploads(workspaceId: string, before: string): Promise<void> {
    const namedBefore = new Date(Date.parse(before) - hourMs).toISOString()
    for (let gone = 1; gone > 0 && !isStopped; )
      gone = await uploads.expire(workspaceId, namedBefore, isoNow())
  }

  async function forgetDays(): Promise<void> {
    const day = daysAgo(1).slice(0, 10)
    for (const id of workspaces.ids) {
      try {
        for (let removed = 1; removed > 0 && !isStopped; ) removed = await uploads.forgetDays(id, day)
      } catch (error) {
        logger.error({ workspace: id, error }, 'How much was uploaded on old days could not be removed')
      }
    }
  }

  async function forgetAddresses(): Promise<void> {
    const before = daysAgo(addressDays)
    for (const id of workspaces.ids) {
      try {
        for (let removed = 1; removed > 0 && !isStopped; ) removed = await audit.forgetAddresses(id, before)
      } catch (error) {
        logger.error({ workspace: id, error }, 'Old addresses could not be removed from the audit trail')
      }
    }
  }

  async function sweep(): Promise<void> {
    if (isDoubtful()) return
    await pruneMessages()
    await forgetAddresses()
    await forgetDays()
  }

  function next(): Promise<void> {
    sweeping = sweeping.then(sweep)
    return sweeping
  }

  void next()
  const stop = repeat(next, hourMs)
  return () => {
    isStopped = true
    stop()
    return sweeping
  }
}

function daysAgo(days: number): string {
  return new Date(dateNow() - days * dayMs).toISOString()
}
