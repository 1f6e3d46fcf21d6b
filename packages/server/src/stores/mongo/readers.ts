import { hasMembers, streamOwner } from '@dowellchat/protocol'
import { countedCache } from '../../counted-cache.ts'
import { rowOf } from '../fields/field.ts'
import {
  enterChanges,
  firstMarkRow,
  keepChanges,
  listOrder,
  markChanges,
  newReaderRow,
  ownRows,
  pageOfLists,
  readerFields,
} from '../fields/readers.ts'
import { grouped } from '../grouped.ts'
import type {
  ListedReaders,
  Marked,
  NewReader,
  ReaderRow,
  ReaderStore,
  ReadMark,
  StreamKey,
} from '../store.ts'
import type { Database } from './database.ts'
import { inLanes } from './lanes.ts'
import { type ReaderDocument, readerRows } from './reader-rows.ts'
import { below, oneOf, type Where } from './where.ts'

/** Where a stream ends now. */
export type EndOf = (key: StreamKey) => Promise<{ readonly nth: number; readonly seq: number }>
/** The user ids of a room's members. */
export type MembersOf = (workspaceId: string, room: string) => Promise<readonly string[]>

interface ReaderParts {
  readonly endOf: EndOf
  readonly membersOf: MembersOf
}

const toReader = rowOf<ReaderRow>(readerFields)
/** For so long a server trusts that each member of a room has a row. */
const lookedAgainMs = 600_000
const keptStreams = 10_000

/** The readers of each stream; each change of a row is a compare-and-set. */
export function mongoReaders(database: Database, { endOf, membersOf }: ReaderParts): ReaderStore {
  const readers = readerRows(database)
  const { persist } = database.deadlines
  const whole = countedCache<string, true>(keptStreams, lookedAgainMs)

  async function find(where: Where<ReaderDocument>): Promise<ReaderRow[]> {
    return (await readers.find(where)).map(toReader)
  }

  async function ownOf(
    workspace_id: string,
    { user_ids, stream }: Pick<ReadMark, 'user_ids' | 'stream'>,
  ): Promise<ReaderRow | undefined> {
    const rows = await find({ workspace_id, user_id: oneOf(user_ids), stream })
    return ownRows(rows, user_ids).get(stream)
  }

  /** The changed row; undefined where another was faster. Activity, which may come meanwhile, has no version. */
  async function change(
    workspace_id: string,
    row: ReaderRow,
    changes: Partial<ReaderRow> | undefined,
  ): Promise<ReaderRow | undefined> {
    if (!changes) return row
    const { _id, version } = row
    const isChanged = await readers.change({ workspace_id, _id, version }, { $set: changes })
    return isChanged ? { ...row, ...changes } : undefined
  }

  async function insert(workspace_id: string, row: ReaderRow): Promise<ReaderRow | undefined> {
    return (await readers.insert([{ ...row, workspace_id }])) === 1 ? row : undefined
  }

  function markOne(workspaceId: string, mark: ReadMark): Promise<Marked> {
    return persist(async () => {
      const known = await ownOf(workspaceId, mark)
      const reader = known
        ? await change(workspaceId, known, markChanges(known, mark))
        : await insert(workspaceId, firstMarkRow(mark))
      return reader && { reader, was: known?.nth ?? null }
    })
  }

  /** Those who come to one stream, and were in no list before. Answers undefined where others were faster. */
  async function enterStream(
    workspace_id: string,
    stream: string,
    entering: readonly NewReader[],
  ): Promise<ReaderRow[] | undefined> {
    const ids = [...new Set(entering.flatMap(({ user_ids }) => user_ids))]
    const known = new Map<string, ReaderRow>()
    for (const row of await find({ workspace_id, user_id: oneOf(ids), stream })) known.set(row.user_id, row)
    const added = new Map<string, ReaderRow>()
    const listed: ReaderRow[] = []
    for (const one of entering) {
      const row = one.user_ids.map((id) => known.get(id)).find((found) => found !== undefined)
      const changed = row && (await change(workspace_id, row, enterChanges(row, one)))
      if (row && !changed) return undefined
      if (changed && !row.is_listed) listed.push(changed)
      const end = row ? undefined : (one.end ?? (await endOf({ workspace_id, stream })))
      if (end) added.set(one.user_ids[0] ?? '', newReaderRow(one, end))
    }
    if (added.size === 0) return listed
    const documents = [...added.values()].map((row) => ({ ...row, workspace_id }))
    const isWhole = (await readers.insert(documents)) === documents.length
    return isWhole ? [...listed, ...added.values()] : undefined
  }

  /** In the order of the list under one id, those after a place; one query for each part of the order that may follow. */
  async function listOf(
    workspace_id: string,
    user_id: string,
    { is_archived, limit }: ListedReaders,
    after: ReaderRow | undefined,
  ): Promise<ReaderRow[]> {
    const list = { workspace_id, user_id, is_listed: true, is_archived }
    const parts: Where<ReaderDocument>[] = after
      ? [
          { ...list, is_pinned: after.is_pinned, active_at: after.active_at, stream: below(after.stream) },
          { ...list, is_pinned: after.is_pinned, active_at: below(after.active_at) },
          ...(after.is_pinned ? [{ ...list, is_pinned: false }] : []),
        ]
      : [
          { ...list, is_pinned: true },
          { ...list, is_pinned: false },
        ]
    const selection = { sort: { active_at: -1, stream: -1 }, limit: limit + 1 } as const
    const found = await Promise.all(parts.map((where) => readers.find(where, selection)))
    return found.flat().map(toReader).sort(listOrder)
  }

  /** Makes the rows that members of a room lack: who was added by a server that then died has none. */
  async function complete(workspace_id: string, stream: string, at: string): Promise<void> {
    const { kind, id } = streamOwner(stream)
    const name = `${workspace_id}\n${stream}`
    if (kind !== 'room' || !hasMembers(id) || whole.has(name)) return
    const members = await membersOf(workspace_id, id)
    const rows = await readers.find({ workspace_id, stream }, { fields: ['user_id'] })
    const known = new Set(rows.map(({ user_id }) => user_id))
    const missing = members.filter((user_id) => !known.has(user_id))
    if (missing.length > 0)
      await enterStream(
        workspace_id,
        stream,
        missing.map((user_id) => ({ user_ids: [user_id], stream, at })),
      )
    whole.set(name, true)
  }

  return {
    async get(workspaceId, user_ids, stream) {
      return (await ownOf(workspaceId, { user_ids, stream })) ?? null
    },

    async list(workspaceId, page) {
      const { user_ids, before, limit } = page
      const after = before === undefined ? undefined : await ownOf(workspaceId, { user_ids, stream: before })
      if (before !== undefined && !after?.is_listed) return { readers: [], more: false }
      // One by one: only then the index has them in this order.
      const found = await Promise.all(user_ids.map((id) => listOf(workspaceId, id, page, after)))
      return pageOfLists(found.flat(), user_ids, limit)
    },

    async enter(workspaceId, entering) {
      const streams = grouped(entering, ({ stream }) => stream)
      const listed: ReaderRow[] = []
      await inLanes([...streams], async ([stream, some]) => {
        listed.push(...(await persist(() => enterStream(workspaceId, stream, some))))
      })
      return listed
    },

    async mark(workspaceId, marks) {
      const marked: Marked[] = []
      const streams = grouped([...marks.entries()], ([, { stream }]) => stream)
      // Those of one stream in their order.
      await inLanes([...streams.values()], async (some) => {
        for (const [at, mark] of some) marked[at] = await markOne(workspaceId, mark)
      })
      return marked
    },

    keep(workspace_id, keeping) {
      const { user_ids, most_pinned } = keeping
      return persist<ReaderRow | 'limit' | null>(async () => {
        const known = await ownOf(workspace_id, keeping)
        if (!known?.is_listed) return null
        const isPinning = keeping.change.is_pinned === true && !known.is_pinned
        if (isPinning && (await isFull(workspace_id, user_ids, most_pinned))) return 'limit'
        const kept = await change(workspace_id, known, keepChanges(known, keeping))
        // Two devices may have pinned at the same moment.
        if (!kept || !isPinning || !(await isFull(workspace_id, user_ids, most_pinned + 1))) return kept
        await change(workspace_id, kept, { is_pinned: false, version: kept.version + 1 })
        return 'limit'
      })
    },

    async remove(workspace_id, stream, userIds) {
      await readers.remove({ workspace_id, user_id: oneOf(userIds), stream })
    },

    async ofStream(workspace_id, stream, { user_ids, limit }) {
      const where = { workspace_id, stream, ...(user_ids && { user_id: oneOf(user_ids) }) }
      return (await readers.find(where, { limit })).map(toReader)
    },

    async move(workspace_id, { stream, active_at, limit }) {
      await complete(workspace_id, stream, active_at)
      const lower = { workspace_id, stream, active_at: below(active_at) }
      const found = await readers.find(lower, { fields: ['_id'], sort: { active_at: 1 }, limit })
      if (found.length === 0) return 0
      const ids = oneOf(found.map(({ _id }) => _id))
      await readers.changeAll(
        { workspace_id, _id: ids, active_at: below(active_at) },
        { $set: { active_at } },
      )
      return found.length
    },
  }

  /** Whether somebody has pinned so many rooms. */
  async function isFull(workspace_id: string, userIds: readonly string[], most: number): Promise<boolean> {
    const places = userIds.flatMap((user_id) =>
      [true, false].map((is_archived) => ({ workspace_id, user_id, is_listed: true, is_archived })),
    )
    const found = await Promise.all(
      places.map((place) => readers.find({ ...place, is_pinned: true }, { fields: ['_id'], limit: most })),
    )
    return found.flat().length >= most
  }
}
