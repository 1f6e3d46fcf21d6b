import { type MemberChange, type Room, roomStream } from '@dowellchat/protocol'
import { repeated } from '../creation.ts'
import { shownFields } from '../fields/field.ts'
import { newRoomRow, type RoomPart, type RoomRow, roomFields, toRoom } from '../fields/rooms.ts'
import { membersAfter, membershipOf, roomChange, sharedRooms } from '../room.ts'
import type { Creation, DamagedRow, Membership, NewRoom, RoomStore } from '../store.ts'
import { columnsOf, type Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import { embeddedPace } from './paces.ts'
import { readerRows } from './readers.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

type Numbered = Stored & { readonly n: number }

const { metadata_text } = roomFields
// Members are many: what a room is made of, and no more.
const { selected, toRow: toPart } = columnsOf<RoomPart & Pick<RoomRow, 'pair' | 'mutes'>>('rooms', {
  ...shownFields<RoomRow, Room>(roomFields),
  metadata_text,
  pair: roomFields.pair,
  mutes: roomFields.mutes,
})

/** The rooms with members; who is a member stands in the room's row, and in a table to find rooms by. */
export function embeddedRooms(db: Database, report: Report): Sync<RoomStore> {
  const { selected: whole, inserted, marks, toRow, valuesOf } = tables.rooms
  const select = `SELECT rooms.n, ${selected} FROM rooms`
  const joined = `${select} JOIN room_members ON room_n = rooms.n
    WHERE room_members.workspace_id = ? AND room_members.user_id = ?`
  const byCid = db.prepare<Stored>(
    `SELECT ${whole} FROM rooms WHERE cid = ? AND workspace_id = ? AND user_id = ?`,
  )
  const byPair = db.prepare<Stored>(`${select} WHERE workspace_id = ? AND pair = ?`)
  const byId = db.prepare<Numbered>(`${select} WHERE workspace_id = ? AND id = ?`)
  const wholeById = db.prepare<Numbered>(`SELECT n, ${whole} FROM rooms WHERE workspace_id = ? AND id = ?`)
  const isMember = db.prepare(
    'SELECT 1 FROM room_members WHERE workspace_id = ? AND user_id = ? AND room_n = ?',
  )
  const newest = db.prepare<Numbered>(`${joined} AND room_n < ? ORDER BY room_n DESC LIMIT ?`)
  const sharedRoom = db.prepare(
    `SELECT 1 FROM (
       SELECT room_n FROM room_members WHERE workspace_id = ?1 AND user_id = ?2 ORDER BY room_n DESC LIMIT ${sharedRooms}
     ) AS own JOIN room_members AS other
       ON other.workspace_id = ?1 AND other.user_id = ?3 AND other.room_n = own.room_n LIMIT 1`,
  )
  const insert = db.prepare<{ n: number }>(
    `INSERT INTO rooms (workspace_id, ${inserted}) VALUES (?, ${marks}) RETURNING n`,
  )
  // As far as the limit, however many there are.
  const madeBy = db.prepare<{ count: number }>(
    'SELECT count(*) AS count FROM (SELECT 1 FROM rooms WHERE workspace_id = ? AND user_id = ? LIMIT ?)',
  )
  const countOf = db.prepare<{ count: number }>('SELECT count FROM room_counts WHERE workspace_id = ?')
  const update = db.prepare(`UPDATE rooms SET (${inserted}) = (${marks}) WHERE n = ?`)
  const members = roomMemberRows(db)
  const readers = readerRows(db)

  function isIn(workspaceId: string, n: number, userIds: readonly string[]): boolean {
    return userIds.some((user_id) => isMember.get(workspaceId, user_id, n) !== undefined)
  }

  function membership(workspaceId: string, room: string, userIds: readonly string[]): Membership | null {
    const stored = byId.get(workspaceId, room)
    if (!stored || !isIn(workspaceId, stored.n, userIds)) return null
    return membershipOf(toPart(stored), userIds)
  }

  function fullOf({ workspace_id, user_id, most_of_user, most }: NewRoom): Creation<Room> | undefined {
    if (most !== undefined && (countOf.get(workspace_id)?.count ?? 0) >= most)
      return { conflict: 'workspace_limit' }
    if (most_of_user === undefined) return undefined
    const made = madeBy.get(workspace_id, user_id, most_of_user)?.count ?? 0
    return made >= most_of_user ? { conflict: 'limit' } : undefined
  }

  function store(room: NewRoom): Room {
    const row = newRoomRow(room)
    const made = insert.get(room.workspace_id, ...valuesOf(row))
    if (!made) throw new Error('An inserted room answers its number')
    for (const { user_id, joined_at } of row.members) {
      members.add(room.workspace_id, user_id, made.n)
      readers.enter(room.workspace_id, { user_ids: [user_id], stream: roomStream(row._id), at: joined_at })
    }
    return toRoom(row)
  }

  /** Puts the room on the list of somebody who is a member now, or takes it off. */
  function follow(workspaceId: string, room: string, { user_id, joined_at }: MemberChange): void {
    const stream = roomStream(room)
    if (joined_at === null) readers.remove(workspaceId, user_id, stream)
    else readers.enter(workspaceId, { user_ids: [user_id], stream, at: joined_at })
  }

  function rowOf(workspaceId: string, room: string): RoomRow | undefined {
    const stored = wholeById.get(workspaceId, room)
    return stored && toRow(stored)
  }

  return {
    create(room) {
      const { workspace_id, user_id, cid, fingerprint } = room
      const known = byCid.get(cid, workspace_id, user_id)
      if (known) return repeated(toRow(known), fingerprint, toRoom)
      const same = byPair.get(workspace_id, newRoomRow(room).pair)
      if (same) return { created: false, row: toRoom(toPart(same)) }
      return fullOf(room) ?? { created: true, row: store(room) }
    },

    get(workspaceId, room) {
      const stored = byId.get(workspaceId, room)
      return stored ? toRoom(toPart(stored)) : null
    },

    membership,

    memberships(workspaceId, rooms, userIds) {
      const own = rooms.flatMap((room) => {
        const stored = byId.get(workspaceId, room)
        return stored && isIn(workspaceId, stored.n, userIds) ? [{ ...stored, _id: room }] : []
      })
      const damaged: string[] = []
      const from = {
        workspace_id: workspaceId,
        collection: 'rooms',
        report(row: DamagedRow) {
          damaged.push(row.place)
          report(row)
        },
      }
      return { found: readable(own, (row) => membershipOf(toPart(row), userIds), from), damaged }
    },

    members(workspaceId, room, { after, limit }) {
      const row = rowOf(workspaceId, room)
      return row ? membersAfter(row, after, limit) : null
    },

    memberIds(workspaceId, room) {
      return rowOf(workspaceId, room)?.members.map(({ user_id }) => user_id) ?? []
    },

    list(workspaceId, { user_ids, before, limit }) {
      const place = before === undefined ? undefined : byId.get(workspaceId, before)
      if (before !== undefined && !(place && isIn(workspaceId, place.n, user_ids)))
        return { rooms: [], more: false }
      const end = place?.n ?? Number.MAX_SAFE_INTEGER
      const found = user_ids.flatMap((user_id) => newest.all(workspaceId, user_id, end, limit + 1))
      const rows = [...new Map(found.map((row) => [row.n, row])).values()].sort((a, b) => b.n - a.n)
      return {
        rooms: readable(rows.slice(0, limit), (row) => toRoom(toPart(row)), {
          workspace_id: workspaceId,
          collection: 'rooms',
          report,
        }),
        more: rows.length > limit,
      }
    },

    change(workspaceId, room, change) {
      const stored = wholeById.get(workspaceId, room)
      const made = roomChange(stored && toRow(stored), change)
      if (!stored || !('row' in made) || !('changed' in made.outcome)) return made.outcome
      if (made.outcome.changed) {
        update.run(...valuesOf(made.row), stored.n)
        for (const one of made.outcome.changes) {
          members.put(workspaceId, one, stored.n)
          follow(workspaceId, room, one)
        }
      }
      return made.outcome
    },

    pace: embeddedPace(db),

    shared(workspaceId, userIds, others) {
      return others.filter((other) =>
        userIds.some((user_id) => sharedRoom.get(workspaceId, user_id, other) !== undefined),
      )
    },
  }
}

/** The rows by which a user's rooms are found. */
export interface RoomMemberRows {
  add(workspaceId: string, userId: string, n: number): void
  put(workspaceId: string, change: Pick<MemberChange, 'user_id' | 'role'>, n: number): void
}

export function roomMemberRows(db: Database): RoomMemberRows {
  const insert = db.prepare(
    'INSERT OR IGNORE INTO room_members (workspace_id, user_id, room_n) VALUES (?, ?, ?)',
  )
  const remove = db.prepare('DELETE FROM room_members WHERE workspace_id = ? AND user_id = ? AND room_n = ?')
  const add: RoomMemberRows['add'] = (workspaceId, userId, n) => {
    insert.run(workspaceId, userId, n)
  }
  return {
    add,
    put(workspaceId, { user_id, role }, n) {
      if (role === null) remove.run(workspaceId, user_id, n)
      else add(workspaceId, user_id, n)
    },
  }
}
