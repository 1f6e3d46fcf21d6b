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
  pageOfLists,
  readerFields,
} from '../fields/readers.ts'
import { grouped } from '../grouped.ts'
import {
  type ListedReaders,
  type Marked,
  type NewReader,
  type ReaderRow,
  type ReaderStore,
  type ReadMark,
  type StreamKey,
  streamId,
} from '../store.ts'
import type { Database } from './database.ts'
import { inLanes } from './lanes.ts'
import { lookups } from './lookups.ts'
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

type Person = Pick<ReadMark, 'user_ids'>

/** What changes in a row, its version among it. */
interface Changing {
  readonly row: ReaderRow
  readonly changes: Partial<ReaderRow>
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

  /** The rows of several people in one stream: of each the one that counts, that of their first id. */
  async function ownOfAll(
    workspace_id: string,
    stream: string,
    people: readonly Person[],
  ): Promise<(ReaderRow | undefined)[]> {
    const ids = [...new Set(people.flatMap(({ user_ids }) => user_ids))]
    const rows = await find({ workspace_id, user_id: oneOf(ids), stream })
    const known = new Map(rows.map((row) => [row.user_id, row]))
    return people.map(({ user_ids }) => user_ids.map((id) => known.get(id)).find((row) => row !== undefined))
  }

  async function ownOf(
    workspaceId: string,
    { user_ids, stream }: Pick<ReadMark, 'user_ids' | 'stream'>,
  ): Promise<ReaderRow | undefined> {
    const [row] = await ownOfAll(workspaceId, stream, [{ user_ids }])
    return row
  }

  const ownOfOne = lookups<StreamKey, Person, ReaderRow | null>(
    database.deadlines,
    streamId,
    async ({ workspace_id, stream }, people) =>
      (await ownOfAll(workspace_id, stream, people)).map((row) => row ?? null),
  )

  /** Answers false where another was faster with one. Activity, which may come meanwhile, has no version. */
  async function changeEach(workspace_id: string, changing: readonly Changing[]): Promise<boolean> {
    const changes = changing.map(({ row: { _id, version }, changes }) => ({
      where: { workspace_id, _id, version },
      update: { $set: changes },
    }))
    return (await readers.changeEach(changes)) === changes.length
  }

  /** The changed row; undefined where another was faster. */
  async function change(
    workspace_id: string,
    row: ReaderRow,
    changes: Partial<ReaderRow> | undefined,
  ): Promise<ReaderRow | undefined> {
    if (!changes) return row
    return (await changeEach(workspace_id, [{ row, changes }])) ? { ...row, ...changes } : undefined
  }

  /** Answers false where there is one of them by now. */
  async function insert(workspace_id: string, rows: readonly ReaderRow[]): Promise<boolean> {
    const documents = rows.map((row) => ({ ...row, workspace_id }))
    return documents.length === 0 || (await readers.insert(documents)) === documents.length
  }

  /** The marks of one stream, in their order. However many people they are of, that takes no more commands than for one. */
  async function markStream(
    workspaceId: string,
    stream: string,
    marks: readonly ReadMark[],
  ): Promise<Marked[]> {
    const was = new Map<ReadMark, number | null>()
    const marked = new Map<ReadMark, ReaderRow>()

    async function markLeft(): Promise<void> {
      const left = marks.filter((mark) => !marked.has(mark))
      const known = await ownOfAll(workspaceId, stream, left)
      const changing: (Changing & { readonly mark: ReadMark })[] = []
      const added = new Map<ReadMark, ReaderRow>()
      const busy = new Set<string>()
      for (const [at, mark] of left.entries()) {
        const row = known[at]
        const id = row?.user_id ?? mark.user_ids[0] ?? ''
        // Another mark of theirs comes first.
        if (busy.has(id)) continue
        if (!was.has(mark)) was.set(mark, row?.nth ?? null)
        const changes = row && markChanges(row, mark)
        if (row && !changes) marked.set(mark, row)
        else busy.add(id)
        if (row && changes) changing.push({ mark, row, changes })
        if (!row) added.set(mark, firstMarkRow(mark))
      }
      // Where another was faster with one, all are read again, and those that are where they should be are done.
      if (await changeEach(workspaceId, changing))
        for (const { mark, row, changes } of changing) marked.set(mark, { ...row, ...changes })
      if (await insert(workspaceId, [...added.values()]))
        for (const [mark, row] of added) marked.set(mark, row)
    }

    return persist(async () => {
      await markLeft()
      const all = marks.flatMap((mark) => {
        const reader = marked.get(mark)
        return reader ? { reader, was: was.get(mark) ?? null } : []
      })
      return all.length === marks.length ? all : undefined
    })
  }

  /** Those who come to one stream, and had it in no list before. */
  async function enterStream(
    workspace_id: string,
    stream: string,
    entering: readonly NewReader[],
  ): Promise<ReaderRow[]> {
    const listed = new Map<NewReader, ReaderRow>()

    /** Answers false where another was faster with one: then all are read again. */
    async function enterAll(): Promise<boolean> {
      const known = await ownOfAll(workspace_id, stream, entering)
      const changing: Changing[] = []
      const added = new Map<string, ReaderRow>()
      for (const [at, one] of entering.entries()) {
        const row = known[at]
        const changes = row && enterChanges(row, one)
        if (row && changes) changing.push({ row, changes })
        const end = row ? undefined : (one.end ?? (await endOf({ workspace_id, stream })))
        if (end) added.set(one.user_ids[0] ?? '', newReaderRow(one, end))
        const made = changes ? { ...row, ...changes } : added.get(one.user_ids[0] ?? '')
        if (made) listed.set(one, made)
      }
      return (await changeEach(workspace_id, changing)) && insert(workspace_id, [...added.values()])
    }

    return persist(async () => ((await enterAll()) ? [...listed.values()] : undefined))
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
    get: (workspace_id, user_ids, stream) => ownOfOne({ workspace_id, stream }, { user_ids }),

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
        listed.push(...(await enterStream(workspaceId, stream, some)))
      })
      return listed
    },

    async mark(workspaceId, marks) {
      const marked: Marked[] = []
      const streams = grouped([...marks.entries()], ([, { stream }]) => stream)
      await inLanes([...streams], async ([stream, some]) => {
        const done = await markStream(
          workspaceId,
          stream,
          some.map(([, mark]) => mark),
        )
        for (const [n, [at]] of some.entries()) marked[at] = done[n] as Marked
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
      await readers.changeAll({ workspace_id, _id: ids }, { $max: { active_at } })
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
