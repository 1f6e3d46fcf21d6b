import type { CallRow } from '../../fields/calls.ts'
import type { RoomRow } from '../../fields/rooms.ts'
import type { Collection, PortableRows } from '../../portable.ts'
import { callDeviceRows, callPartyRows } from '../calls.ts'
import { roomMemberRows } from '../rooms.ts'
import type { Database } from '../sqlite.ts'
import { tables } from '../tables.ts'
import { portableEntries } from './entries.ts'
import { keyedTable, type Table } from './table.ts'

export type PortableTables = { readonly [C in Collection]: Table<PortableRows[C]> }

/** The rows of every collection of a database. */
export function portableTables(db: Database): PortableTables {
  const byId = { key: 'id', order: 'id', keyOf: idOf } as const
  const byNumber = { key: 'id', order: 'n', keyOf: idOf } as const
  return {
    topics: keyedTable(db, 'topics', tables.topics, byNumber),
    line_managers: keyedTable(db, 'line_managers', tables.line_managers, byNumber),
    tickets: keyedTable(db, 'tickets', tables.tickets, byNumber),
    canned_answers: keyedTable(db, 'canned_answers', tables.canned_answers, byId),
    share_links: keyedTable(db, 'share_links', tables.share_links, byId),
    meta_settings: keyedTable(db, 'meta_settings', tables.meta_settings, byId),
    rooms: portableRooms(db),
    paces: keyedTable(db, 'paces', tables.paces, byId),
    calls: portableCalls(db),
    users: keyedTable(db, 'users', tables.users, byId),
    aliases: keyedTable(db, 'aliases', tables.aliases, byId),
    blocks: keyedTable(db, 'blocks', tables.blocks, byId),
    readers: keyedTable(db, 'readers', tables.readers, byId),
    reports: keyedTable(db, 'reports', tables.reports, byId),
    keys: keyedTable(db, 'keys', tables.keys, byNumber),
    threads: keyedTable(db, 'threads', tables.threads, byId),
    deliveries: keyedTable(db, 'deliveries', tables.deliveries, byId),
    notices: keyedTable(db, 'notices', tables.notices, byId),
    uploads: keyedTable(db, 'uploads', tables.uploads, byId),
    upload_days: keyedTable(db, 'upload_days', tables.upload_days, byId),
    audit: keyedTable(db, 'audit', tables.audit, { key: 'id', order: 'id', keyOf: idOf }),
    revocations: keyedTable(db, 'revocations', tables.revocations, {
      key: 'user_id',
      order: 'user_id',
      keyOf: ({ user_id }) => user_id,
    }),
    streams: keyedTable(db, 'streams', tables.streams, {
      key: 'stream',
      order: 'stream',
      keyOf: ({ stream }) => stream,
    }),
    entries: portableEntries(db),
  }
}

function idOf({ _id }: { readonly _id: string }): string {
  return _id
}

/** The calls, with the rows to find them by. */
function portableCalls(db: Database): Table<CallRow> {
  const table = keyedTable(db, 'calls', tables.calls, { key: 'id', order: 'id', keyOf: idOf })
  const numberOf = db.prepare<{ n: number }>('SELECT n FROM calls WHERE workspace_id = ? AND id = ?')
  const finders = [callDeviceRows(db), callPartyRows(db)]
  const clear = (workspaceId: string, { _id }: CallRow) => {
    const known = numberOf.get(workspaceId, _id)
    if (known) for (const { clear } of finders) clear(known.n)
  }
  const add = (workspaceId: string, row: CallRow) => {
    const known = numberOf.get(workspaceId, row._id)
    if (known) for (const { add } of finders) add(workspaceId, known.n, row)
  }
  return {
    ...table,
    insert(workspaceId, row) {
      table.insert(workspaceId, row)
      add(workspaceId, row)
    },
    change(workspaceId, before, after) {
      clear(workspaceId, before)
      table.change(workspaceId, before, after)
      add(workspaceId, after)
    },
    remove(workspaceId, row) {
      clear(workspaceId, row)
      table.remove(workspaceId, row)
    },
  }
}

/** The rooms, with the rows to find them by. */
function portableRooms(db: Database): Table<RoomRow> {
  const table = keyedTable(db, 'rooms', tables.rooms, { key: 'id', order: 'n', keyOf: idOf })
  const numberOf = db.prepare<{ n: number }>('SELECT n FROM rooms WHERE workspace_id = ? AND id = ?')
  const { add, put } = roomMemberRows(db)

  function removeMembers(workspaceId: string, row: RoomRow): void {
    const known = numberOf.get(workspaceId, row._id)
    if (!known) return
    for (const { user_id } of row.members) put(workspaceId, { user_id, role: null }, known.n)
  }

  function addMembers(workspaceId: string, row: RoomRow): void {
    const known = numberOf.get(workspaceId, row._id)
    if (!known) return
    for (const { user_id } of row.members) add(workspaceId, user_id, known.n)
  }

  return {
    ...table,
    insert(workspaceId, row) {
      table.insert(workspaceId, row)
      addMembers(workspaceId, row)
    },
    change(workspaceId, before, after) {
      removeMembers(workspaceId, before)
      table.change(workspaceId, before, after)
      addMembers(workspaceId, after)
    },
    remove(workspaceId, row) {
      removeMembers(workspaceId, row)
      table.remove(workspaceId, row)
    },
  }
}
