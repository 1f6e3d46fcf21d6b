import { lineOrder } from '@dowellchat/protocol'
import { callFields } from '../../src/stores/fields/calls.ts'
import { type AnyFields, namesOf } from '../../src/stores/fields/field.ts'
import { lineManagerFields } from '../../src/stores/fields/line-managers.ts'
import { entryFields, streamFields } from '../../src/stores/fields/streams.ts'
import { ticketFields } from '../../src/stores/fields/tickets.ts'
import { topicFields } from '../../src/stores/fields/topics.ts'
import { workspaceFields } from '../../src/stores/fields/workspaces.ts'
import type { Portable } from '../../src/stores/portable.ts'
import { collections } from '../../src/stores/portable.ts'
import type { Store } from '../../src/stores/store.ts'
import { oldRows } from './old-rows.ts'

const key = { workspace_id: 'acme', stream: 'room:r' }

/** What a store answers of `oldRows`. */
export async function readOld(store: Store): Promise<unknown> {
  const page = await store.streams.page(key, { newest: 9 })
  return {
    workspaces: await store.workspaces.list(),
    topics: [...(await store.topics.list('acme')), await store.topics.get('acme', 'billing')],
    managers: await store.lineManagers.list('acme'),
    tickets: (await store.tickets.list('acme', { limit: 9 })).tickets,
    ticket: await store.tickets.get('acme', 'ticket-1'),
    open: await store.tickets.listOpen('acme', 'mia'),
    calls: await store.calls.listOpen('acme', { user_id: 'ben', device_id: 'ben-phone' }),
    page: JSON.parse(page?.text ?? 'null'),
    entries: await store.streams.entries(key, 0),
    closed: await store.tickets.close('acme', 'ticket-2', 'somebody'),
  }
}

/** The rows of 0.1.0 as they read today: later fields have their defaults. */
function rowsToday() {
  const { tickets, topic, lineManager, call, stream, entry, workspace } = oldRows
  return {
    workspace: withDefaults(workspaceFields, workspace),
    topic: withDefaults(topicFields, topic),
    lineManager: withDefaults(lineManagerFields, lineManager),
    tickets: tickets.map((ticket) => ({ ...withDefaults(ticketFields, ticket), ...statusOf(ticket) })),
    call: withDefaults(callFields, call),
    stream: withDefaults(streamFields, stream),
    entry: withDefaults(entryFields, entry),
  }
}

/** What a migration gives a ticket from before there were states. */
function statusOf(ticket: (typeof oldRows.tickets)[number]): object {
  const { _id, is_closed, created_at, updated_at } = ticket
  return {
    state: is_closed ? 'closed' : 'assigned',
    enqueued_at: created_at,
    assigned_at: created_at,
    active_at: updated_at,
    line_order: lineOrder({ _id, priority: 'normal', enqueued_at: created_at }),
  }
}

function withDefaults<Row extends object>(fields: AnyFields, row: Row): Row {
  const defaults = Object.entries(fields).map(([name, { missing }]) => [name, missing])
  return { ...Object.fromEntries(defaults), ...row }
}

/** The part of a row that clients see. */
function shown(fields: AnyFields, row: object): object {
  const hidden = namesOf(fields, 'store')
  return Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.includes(name)))
}

/** What `readOld` answers of a store that lost nothing. */
export function expectedOld(): unknown {
  const { workspace, topic, lineManager, tickets, call, stream, entry } = rowsToday()
  const shownTopic = shown(topicFields, topic)
  const [open, closed] = tickets.map((ticket, at) => ({
    ...shown(ticketFields, ticket),
    waiting_time: at === 0 ? 0 : null,
  }))
  const head = { seq: entry.seq, nth: entry.nth, id: entry._id }
  return {
    workspaces: [workspace],
    topics: [shownTopic, shownTopic],
    managers: [{ ...shown(lineManagerFields, lineManager), ticket_count: 1 }],
    tickets: [closed, open],
    ticket: open,
    open: [open],
    calls: [shown(callFields, call)],
    page: {
      stream: stream.stream,
      epoch: stream.epoch,
      head,
      first_seq: 3,
      more: false,
      entries: [JSON.parse(entry.text)],
    },
    entries: { epoch: stream.epoch, entries: [{ text: entry.text, sid: entry.sid }] },
    closed: { ticket: closed, closing: { by: 'mia', count: 1 }, closed_now: false },
  }
}

/** The portable rows of the workspace `acme`, by their collections. */
export async function portableRows(portable: Portable): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {}
  for (const collection of collections) {
    rows[collection] = []
    for await (const some of portable.read('acme', collection, null)) rows[collection].push(...some)
  }
  return rows
}

/** What `portableRows` answers of `oldRows`. */
export function expectedPortable(): Record<string, unknown[]> {
  const { topic, lineManager, tickets, call, stream, entry } = rowsToday()
  return {
    topics: [topic],
    line_managers: [lineManager],
    tickets,
    canned_answers: [],
    share_links: [],
    meta_settings: [],
    rooms: [],
    paces: [],
    deliveries: [],
    notices: [],
    calls: [call],
    users: [],
    aliases: [],
    readers: [],
    blocks: [],
    threads: [],
    uploads: [],
    upload_days: [],
    reports: [],
    keys: [],
    audit: [],
    revocations: [],
    streams: [stream],
    entries: [entry],
  }
}
