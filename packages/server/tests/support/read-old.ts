import { callFields } from '../../src/stores/fields/calls.ts'
import type { AnyField, AnyFields } from '../../src/stores/fields/field.ts'
import { lineManagerFields } from '../../src/stores/fields/line-managers.ts'
import { entryFields, streamFields } from '../../src/stores/fields/streams.ts'
import { ticketFields } from '../../src/stores/fields/tickets.ts'
import { topicFields } from '../../src/stores/fields/topics.ts'
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

/** What fields that came after 0.1.0 read as. */
function added(fields: AnyFields, part?: AnyField['part']): object {
  const some = Object.entries(fields).filter(([, field]) => part === undefined || field.part === part)
  return Object.fromEntries(some.map(([name, { missing }]) => [name, missing]))
}

/** What `readOld` answers of a store that lost nothing. */
export function expectedOld(): unknown {
  const { workspace, topic, lineManager, tickets, call, stream, entry } = oldRows
  const { user_id: _, cid: __, fingerprint: ___, ...shownTopic } = topic
  const { created_by, cid: _c, fingerprint: _f, ...shownManager } = lineManager
  const [open, closed] = tickets.map(({ slot, closed_by, close_count, cid, fingerprint, ...shown }, at) => ({
    ...added(ticketFields, 'entity'),
    ...shown,
    waiting_time: at === 0 ? 0 : null,
  }))
  const { user_id: _u, cid: _ci, fingerprint: _fi, ...shownCall } = call
  const head = { seq: entry.seq, nth: entry.nth, id: entry._id }
  return {
    workspaces: [workspace],
    topics: [shownTopic, shownTopic].map((one) => ({ ...added(topicFields, 'entity'), ...one })),
    managers: [{ ...added(lineManagerFields, 'entity'), ...shownManager, ticket_count: 1 }],
    tickets: [closed, open],
    ticket: open,
    open: [open],
    calls: [{ ...added(callFields, 'entity'), ...shownCall }],
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
  const { topic, lineManager, tickets, call, stream, entry } = oldRows
  return {
    topics: [{ ...added(topicFields), ...topic }],
    line_managers: [{ ...added(lineManagerFields), ...lineManager }],
    tickets: tickets.map((ticket) => ({ ...added(ticketFields), ...ticket })),
    calls: [{ ...added(callFields), ...call }],
    streams: [{ ...added(streamFields), ...stream }],
    entries: [{ ...added(entryFields), ...entry }],
  }
}
