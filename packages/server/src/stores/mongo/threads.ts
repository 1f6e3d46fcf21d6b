import { type Thread, threadStream } from '@dowellchat/protocol'
import { threadsLookedAt } from '../domains/threads.ts'
import { rowOf } from '../fields/field.ts'
import { newThread, threadEntries, threadFields, threadOf, threadStreams } from '../fields/threads.ts'
import type { ThreadRow, ThreadStore } from '../store.ts'
import type { Database } from './database.ts'
import { type EntryDocument, logRows } from './logs.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { above, oneOf } from './where.ts'

export type ThreadDocument = ThreadRow & TenantRow

const declaration: Declaration<ThreadDocument> = {
  fields: { ...tenantFields, ...threadFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'id', key: { workspace_id: 1, _id: 1 }, unique: true },
    { name: 'parent', key: { workspace_id: 1, parent: 1 } },
  ],
}

/** The threads' documents. */
export function threadRows(database: Database): Rows<ThreadDocument> {
  return database.rows('threads', declaration)
}

const toRow = rowOf<ThreadRow>(threadFields)

/** The threads of messages; what is said in one is a stream. */
export function mongoThreads(database: Database): ThreadStore {
  const threads = threadRows(database)
  const { streams, entries } = logRows(database)

  async function get(workspace_id: string, _id: string): Promise<ThreadRow | null> {
    const row = await threads.get({ workspace_id, _id })
    return row ? toRow(row) : null
  }

  function lastOf(
    workspace_id: string,
    id: string,
  ): Promise<Pick<EntryDocument, 'nth' | 'type' | 'author' | 'created_at'>[]> {
    return entries.find(
      { workspace_id, stream: threadStream(id) },
      { fields: ['nth', 'type', 'author', 'created_at'], sort: { seq: -1 }, limit: threadEntries },
    )
  }

  /** How many messages retention has removed from the streams of threads. */
  async function removedOf(workspace_id: string, ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map()
    const rows = await streams.find(
      { workspace_id, stream: oneOf(threadStreams(ids)) },
      { fields: ['stream', 'pruned_nth'] },
    )
    return new Map(rows.map(({ stream, pruned_nth }) => [stream, pruned_nth]))
  }

  /** Those of some threads whose messages are gone. */
  async function orphansAmong(workspace_id: string, rows: readonly ThreadRow[]): Promise<ThreadRow[]> {
    const parents = await streams.find(
      { workspace_id, stream: oneOf([...new Set(rows.map(({ parent }) => parent))]) },
      { fields: ['stream', 'pruned_seq'] },
    )
    const pruned = new Map(parents.map(({ stream, pruned_seq }) => [stream, pruned_seq]))
    return rows.filter(({ parent, parent_seq }) => (pruned.get(parent) ?? 0) >= parent_seq)
  }

  async function isEmpty(workspace_id: string, { _id }: ThreadRow): Promise<boolean> {
    return (
      (await entries.get({ workspace_id, stream: threadStream(_id), seq: above(0) }, ['seq'])) === undefined
    )
  }

  return {
    create: (workspaceId, thread) =>
      database.deadlines.persist(async () => {
        const known = await get(workspaceId, thread._id)
        if (known) return known
        const row = newThread(thread)
        return (await threads.insert([{ ...row, workspace_id: workspaceId }])) === 1 ? row : undefined
      }),

    get,

    async list(workspace_id, parent, ids): Promise<Thread[]> {
      const wanted = [...new Set(ids)]
      const found = await threads.find({ workspace_id, _id: oneOf(wanted) })
      const byId = new Map(found.map((row) => [row._id, toRow(row)]))
      const rows = wanted.flatMap((id) => byId.get(id) ?? []).filter((row) => row.parent === parent)
      const last = await Promise.all(rows.map(({ _id }) => lastOf(workspace_id, _id)))
      const empty = rows.flatMap(({ _id }, at) => (last[at]?.length === 0 ? _id : []))
      const removed = await removedOf(workspace_id, empty)
      return rows.map((row, at) => threadOf(row, last[at] ?? [], removed.get(threadStream(row._id)) ?? 0))
    },

    async prune(workspace_id, from) {
      const found = await threads.find(
        { workspace_id, _id: above(from ?? '') },
        { sort: { _id: 1 }, limit: threadsLookedAt },
      )
      const orphans = found.length > 0 ? await orphansAmong(workspace_id, found.map(toRow)) : []
      let removed = 0
      for (const row of orphans)
        if (await isEmpty(workspace_id, row)) removed += await threads.remove({ workspace_id, _id: row._id })
      const isAll = found.length < threadsLookedAt
      return { removed, next: isAll ? null : (found.at(-1)?._id ?? null) }
    },
  }
}
