import type { Portable } from '../../src/stores/portable.ts'
import { collections } from '../../src/stores/portable.ts'
import type { Store } from '../../src/stores/store.ts'
import { oldRows } from './old-rows.ts'

const key = { workspace_id: 'acme', stream: 'room:r' }

/** Reads `oldRows` through a store. */
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

/** What `readOld` resolves to if the store lost nothing. */
export function expectedOld(): unknown {
  const { workspace, topic, lineManager, tickets, call, stream, entry } = oldRows
  const { user_id: _, cid: __, fingerprint: ___, ...shownTopic } = topic
  const { created_by, cid: _c, fingerprint: _f, ...shownManager } = lineManager
  const [open, closed] = tickets.map(({ slot, closed_by, close_count, cid, fingerprint, ...shown }, at) => ({
    ...shown,
    waiting_time: at === 0 ? 0 : null,
  }))
  const { user_id: _u, cid: _ci, fingerprint: _fi, ...shownCall } = call
  const head = { seq: entry.seq, nth: entry.nth, id: entry._id }
  return {
    workspaces: [workspace],
    topics: [shownTopic, shownTopic],
    managers: [{ ...shownManager, ticket_count: 1 }],
    tickets: [closed, open],
    ticket: open,
    open: [open],
    calls: [shownCall],
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

/** What `portableRows` resolves to if the store lost nothing. */
export function expectedPortable(): Record<string, unknown[]> {
  const { topic, lineManager, tickets, call, stream, entry } = oldRows
  return {
    topics: [topic],
    line_managers: [lineManager],
    tickets,
    calls: [call],
    streams: [stream],
    entries: [entry],
  }
}
