import { type Room, roomStream } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { repeated } from '../creation.ts'
import { inStore, json, namesOf } from '../fields/field.ts'
import { newRoomRow, type RoomRow, roomFields, toRoom } from '../fields/rooms.ts'
import { membersAfter, membershipOf, roomChange, sharedRooms } from '../room.ts'
import type { Creation, NewRoom, ReaderStore, RoomChange, RoomOutcome, RoomStore } from '../store.ts'
import type { Database } from './database.ts'
import { type NumberedRow, numberedFields, numbersOf } from './numbers.ts'
import { mongoPace } from './paces.ts'
import type { Declaration, Rows } from './rows.ts'
import { below, oneOf } from './where.ts'

/** What MongoDB keeps of a room beside its row. */
interface RoomKeys {
  /** To find rooms by. */
  readonly member_ids: readonly string[]
}

export type RoomDocument = RoomRow & NumberedRow & RoomKeys

const declaration: Declaration<RoomDocument> = {
  fields: { ...roomFields, ...numberedFields, member_ids: inStore(json) },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'place', key: { workspace_id: 1, n: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, user_id: 1, cid: 1 }, unique: true },
    { name: 'pair', key: { workspace_id: 1, pair: 1 }, unique: true },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
    { name: 'members', key: { workspace_id: 1, member_ids: 1, n: 1 } },
  ],
}

/** The rooms' documents. */
export function roomRows(database: Database): Rows<RoomDocument> {
  return database.rows('rooms', declaration)
}

export function toRoomDocument(workspace_id: string, n: number, row: RoomRow): RoomDocument {
  return { ...row, ...keysOf(row), workspace_id, n }
}

function keysOf({ members }: RoomRow): RoomKeys {
  return { member_ids: members.map(({ user_id }) => user_id) }
}

// Members are many: what a room is made of, and no more.
const partFields = [...namesOf(roomFields, 'entity'), 'metadata_text', 'pair', 'mutes', 'n'] as Part[]
type Part = Exclude<keyof Room, 'metadata'> | 'metadata_text' | 'pair' | 'mutes' | 'n'

/** A room is one document; each change of it is a compare-and-set. */
export function mongoRooms(database: Database, readers: Pick<ReaderStore, 'enter' | 'remove'>): RoomStore {
  const rooms = roomRows(database)
  const numbers = numbersOf(rooms)
  const { persist } = database.deadlines

  /** The newest rooms of one user before a number. */
  function newestOf(workspace_id: string, member_ids: string, end: number, limit: number) {
    const before = { workspace_id, member_ids, n: below(end) }
    return rooms.find(before, { fields: partFields, sort: { n: -1 }, limit })
  }

  /**
   * Which limit leaves no place for a room. Whoever asks after it has read the last number and then inserts the next one
   * knows that nobody has made a room in between.
   */
  async function fullOf(last: number, room: NewRoom): Promise<Creation<Room> | undefined> {
    const { workspace_id, user_id, most_of_user, most } = room
    if (most !== undefined && last >= most) return { conflict: 'workspace_limit' }
    if (most_of_user === undefined) return undefined
    const stages = [{ $limit: most_of_user }, { $count: 'count' }]
    const [made] = await rooms.aggregate<{ count: number }>({ workspace_id, user_id }, stages)
    return made && made.count >= most_of_user ? { conflict: 'limit' } : undefined
  }

  async function memberIds(workspace_id: string, room: string): Promise<string[]> {
    const row = await rooms.get({ workspace_id, _id: room }, ['member_ids'])
    return [...(row?.member_ids ?? [])]
  }

  /** Puts a room on the lists of those of some users who are members now, and takes it off those of the others. */
  async function follow(workspace_id: string, room: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return
    const stream = roomStream(room)
    const areIn = async () => {
      const members = new Set(await memberIds(workspace_id, room))
      return userIds.map((id) => members.has(id))
    }
    for (let before = await areIn(), isSame = false; !isSame; ) {
      const at = isoNow()
      const entering = userIds.filter((_, n) => before[n])
      await readers.enter(
        workspace_id,
        entering.map((id) => ({ user_ids: [id], stream, at })),
      )
      const gone = userIds.filter((_, n) => !before[n])
      if (gone.length > 0) await readers.remove(workspace_id, stream, gone)
      // Another server may have changed it meanwhile, and have been faster.
      const now = await areIn()
      isSame = now.every((one, n) => one === before[n])
      before = now
    }
  }

  return {
    create(room) {
      const { workspace_id, user_id, cid, fingerprint } = room
      const row = newRoomRow(room)
      return persist<Creation<Room>>(async () => {
        const last = await numbers.last(workspace_id)
        const full = await fullOf(last, room)
        if (!full && (await rooms.insert([toRoomDocument(workspace_id, last + 1, row)])) === 1) {
          await follow(workspace_id, row._id, idsIn(row))
          return { created: true, row: toRoom(row) }
        }
        const known = await rooms.get({ workspace_id, user_id, cid })
        // Its first try may have ended before it was on their lists.
        if (known?.fingerprint === fingerprint) await follow(workspace_id, known._id, idsIn(known))
        if (known) return repeated(known, fingerprint, toRoom)
        const same = await rooms.get({ workspace_id, pair: row.pair })
        return same ? { created: false, row: toRoom(same) } : full
      })
    },

    async get(workspace_id, room) {
      const row = await rooms.get({ workspace_id, _id: room }, partFields)
      return row ? toRoom(row) : null
    },

    async membership(workspace_id, room, userIds) {
      const row = await rooms.get({ workspace_id, _id: room, member_ids: oneOf(userIds) }, partFields)
      return row ? membershipOf(row, userIds) : null
    },

    async memberships(workspace_id, ids, userIds) {
      const rows = await rooms.find(
        { workspace_id, _id: oneOf(ids) },
        { fields: [...partFields, 'member_ids'] },
      )
      const own = rows.filter(({ member_ids }) => userIds.some((id) => member_ids.includes(id)))
      return { found: own.map((row) => membershipOf(row, userIds)), damaged: [] }
    },

    async members(workspace_id, room, { after, limit }) {
      const row = await rooms.get({ workspace_id, _id: room }, ['members', 'mutes'])
      return row ? membersAfter(row, after, limit) : null
    },

    memberIds,

    async list(workspace_id, { user_ids, before, limit }) {
      const place =
        before === undefined
          ? undefined
          : await rooms.get({ workspace_id, _id: before, member_ids: oneOf(user_ids) }, ['n'])
      if (before !== undefined && !place) return { rooms: [], more: false }
      const end = place?.n ?? Number.MAX_SAFE_INTEGER
      // One by one: only then the index has them in this order.
      const found = await Promise.all(user_ids.map((id) => newestOf(workspace_id, id, end, limit + 1)))
      const rows = [...new Map(found.flat().map((row) => [row.n, row])).values()].sort((a, b) => b.n - a.n)
      return { rooms: rows.slice(0, limit).map(toRoom), more: rows.length > limit }
    },

    change(workspace_id, room, change) {
      return persist<RoomOutcome>(async () => {
        const row = await rooms.get({ workspace_id, _id: room })
        const made = roomChange(row, change)
        if (!row || !('row' in made) || !('changed' in made.outcome && made.outcome.changed)) {
          if (!('refused' in made.outcome)) await follow(workspace_id, room, concerned(change))
          return made.outcome
        }
        const { _id, ...changed } = made.row
        const written = await rooms.change(
          { workspace_id, _id, version: row.version },
          { $set: { ...changed, ...keysOf(made.row) } as Partial<RoomDocument> },
        )
        const changes = made.outcome.changes.map(({ user_id }) => user_id)
        if (written) await follow(workspace_id, room, changes)
        return written ? made.outcome : undefined
      })
    },

    pace: mongoPace(database),

    async shared(workspace_id, userIds, others) {
      const left = new Set(others)
      for (const member_ids of userIds) {
        const own = rooms.each(
          { workspace_id, member_ids, n: below(Number.MAX_SAFE_INTEGER) },
          { fields: ['member_ids'], sort: { n: -1 }, limit: sharedRooms, batch: 100 },
        )
        for await (const row of own) {
          for (const id of row.member_ids) left.delete(id)
          if (left.size === 0) break
        }
      }
      return others.filter((other) => !left.has(other))
    },
  }
}

function idsIn({ members }: RoomRow): string[] {
  return members.map(({ user_id }) => user_id)
}

/** Those whose membership a change concerns, as far as it says so. */
function concerned(change: RoomChange): readonly string[] {
  if (change.type === 'add' || change.type === 'remove') return change.user_ids
  return change.type === 'leave' || change.type === 'accept' ? change.by.user_ids : []
}
