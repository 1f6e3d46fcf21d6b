import type { Room } from '@dowellchat/protocol'
import { repeated } from '../creation.ts'
import { inStore, json, namesOf } from '../fields/field.ts'
import { newRoomRow, type RoomRow, roomFields, toRoom } from '../fields/rooms.ts'
import { membersAfter, membershipOf, roomChange, sharedRooms } from '../room.ts'
import type { Creation, NewRoom, RoomOutcome, RoomStore } from '../store.ts'
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
export function mongoRooms(database: Database): RoomStore {
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

  return {
    create(room) {
      const { workspace_id, user_id, cid, fingerprint } = room
      const row = newRoomRow(room)
      return persist<Creation<Room>>(async () => {
        const last = await numbers.last(workspace_id)
        const full = await fullOf(last, room)
        if (!full && (await rooms.insert([toRoomDocument(workspace_id, last + 1, row)])) === 1)
          return { created: true, row: toRoom(row) }
        const known = await rooms.get({ workspace_id, user_id, cid })
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

    async members(workspace_id, room, { after, limit }) {
      const row = await rooms.get({ workspace_id, _id: room }, ['members', 'mutes'])
      return row ? membersAfter(row, after, limit) : null
    },

    async memberIds(workspace_id, room) {
      const row = await rooms.get({ workspace_id, _id: room }, ['member_ids'])
      return [...(row?.member_ids ?? [])]
    },

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
        if (!row || !('row' in made) || !('changed' in made.outcome && made.outcome.changed))
          return made.outcome
        const { _id, ...changed } = made.row
        const written = await rooms.change(
          { workspace_id, _id, version: row.version },
          { $set: { ...changed, ...keysOf(made.row) } as Partial<RoomDocument> },
        )
        return written && made.outcome
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
