import type { Ticket } from '@dowellchat/protocol'
import type { Domain } from '../../stores/embedded/operations.ts'
import type { PageRange, Removal, Store } from '../../stores/store.ts'
import { mainThreadStore, type OpenFolder } from './main-thread-store.ts'

const openUnbroken = mainThreadStore()

/** Lowers a stored counter at every closing, even if the ticket was closed before. */
export function driftingCounts(): OpenFolder {
  const drift = new Map<string, number>()
  return changed((store) => ({
    ...store,
    tickets: {
      ...store.tickets,
      async close(...args) {
        const closing = await store.tickets.close(...args)
        const manager = closing?.ticket.line_manager
        if (closing?.closed_now === false && manager) drift.set(manager, (drift.get(manager) ?? 0) - 1)
        return closing
      },
    },
    lineManagers: {
      ...store.lineManagers,
      async list(workspaceId) {
        const managers = await store.lineManagers.list(workspaceId)
        return managers.map((manager) => ({
          ...manager,
          ticket_count: manager.ticket_count + (drift.get(manager.user_id) ?? 0),
        }))
      },
    },
  }))
}

/** Pages of older messages overlap: each has one message that the reader already has. */
export const overlapsBackwards: OpenFolder = withPages((range) =>
  'before' in range ? { ...range, before: range.before + 1 } : range,
)

/** Reading on from an entry returns that entry again. */
export const overlapsForwards: OpenFolder = changed((store) => ({
  ...store,
  streams: { ...store.streams, entries: (key, after) => store.streams.entries(key, Math.max(after - 1, 0)) },
}))

/** Pages of older messages skip one. */
export const leavesOutAMessage: OpenFolder = withPages((range) =>
  'before' in range ? { ...range, before: range.before - 1 } : range,
)

/** Tells of removed messages, and still has their texts. */
export const keepsRemovedTexts: OpenFolder = mainThreadStore({
  ran([domain, method], _answer, db) {
    if (domain !== 'streams' || method !== 'remove') return
    db.exec(`UPDATE entries SET text = replace(text, '"message_data":""', '"message_data":"still here"')`)
  },
})

/** Removes texts, and tells nobody. */
export const tellsNoRemoval: OpenFolder = changed((store) => ({
  ...store,
  streams: {
    ...store.streams,
    async page(key, range) {
      const page = await store.streams.page(key, range)
      return page && { ...page, text: page.text.replace(/"targets":\[[^\]]*\]/, '"targets":[]') }
    },
  },
}))

/** Erases people, and still has what was reported of them. */
export const keepsReportedTexts: OpenFolder = mainThreadStore({
  ran([domain, method], _answer, db) {
    if (domain !== 'personal' || method !== 'erase') return
    db.exec(
      `UPDATE reports SET message_text = replace(message_text, '"message_data":""', '"message_data":"still here"')`,
    )
  },
})

/** Keeps the quotes of what was removed. */
export const keepsQuotes: OpenFolder = mainThreadStore({
  ran([domain, method, args], _answer, db) {
    if (domain !== 'streams' || method !== 'remove') return
    const { targets } = args[1] as Removal
    for (const seq of targets)
      db.exec(
        `UPDATE entries SET text = replace(text, '"message_data":"An answer"', '"message_data":"secret ${seq}"')`,
      )
  },
})

/** Lets everybody edit everything. */
export const letsAnybodyEdit: OpenFolder = changed((store) => ({
  ...store,
  streams: {
    ...store.streams,
    async change(key, draft) {
      const text = await store.streams.message(key, draft.target.seq)
      const { author } = JSON.parse(text ?? '{}') as { author?: string | null }
      return store.streams.change(key, { ...draft, user_ids: [...draft.user_ids, author ?? ''] })
    },
  },
}))

/** Counts a reaction as often as it is given. */
export const countsTwice: OpenFolder = changed((store) => ({
  ...store,
  streams: {
    ...store.streams,
    async change(key, draft) {
      const outcome = await store.streams.change(key, draft)
      if (draft.content.change !== 'reacted' || !('text' in outcome) || outcome.changed) return outcome
      return store.streams.change(key, { ...draft, cid: `${draft.cid} again`, user_ids: ['another'] })
    },
  },
}))

/** Lets everybody write as fast as they like. */
export const knowsNoPace: OpenFolder = changed((store) => ({
  ...store,
  rooms: { ...store.rooms, pace: async () => 0 },
}))

/** Forgets who is muted as soon as anything else about the room changes. */
export const forgetsMutes: OpenFolder = mainThreadStore({
  ran([domain, method, args], _answer, db) {
    if (domain !== 'rooms' || method !== 'change' || (args[2] as { type: string }).type === 'mute') return
    db.exec("UPDATE rooms SET mutes = '[]'")
  },
})

/** Keeps what nobody moves, exports or erases. */
export const hasAnotherTable: OpenFolder = mainThreadStore({
  opened: (db) => db.exec('CREATE TABLE IF NOT EXISTS notes (workspace_id TEXT, user_id TEXT, text TEXT)'),
})

/** A method reads or writes the workspace `acme`, whichever workspace it is called for. */
export function leaksThrough(domain: Domain, method: string): OpenFolder {
  return changed((store) => {
    // Called only for methods that take a workspace.
    const methods = store[domain] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    const leak = (first: unknown, ...rest: unknown[]) => methods[method]?.(inAcme(first), ...rest)
    return { ...store, [domain]: { ...methods, [method]: leak } }
  })
}

function inAcme(first: unknown): unknown {
  if (Array.isArray(first)) return first.map(inAcme)
  return typeof first === 'object' ? { ...first, workspace_id: 'acme' } : 'acme'
}

function withPages(change: (range: PageRange) => PageRange): OpenFolder {
  return changed((store) => ({
    ...store,
    streams: { ...store.streams, page: (key, range) => store.streams.page(key, change(range)) },
  }))
}

function changed(change: (store: Store) => Store): OpenFolder {
  return async (folder) => change(await openUnbroken(folder))
}

/** Gives every ticket that waits in one call. */
export const givesAllAtOnce: OpenFolder = changed((store) => ({
  ...store,
  tickets: {
    ...store.tickets,
    async assignWaiting(workspaceId) {
      const all: Ticket[] = []
      for (;;) {
        const { tickets, more } = await store.tickets.assignWaiting(workspaceId)
        all.push(...tickets)
        if (!more) return { tickets: all, more }
      }
    },
  },
}))

/** Begins each page of a line anew. */
export const forgetsTheLine: OpenFolder = changed((store) => ({
  ...store,
  tickets: {
    ...store.tickets,
    listOpen: (workspaceId, lineManager, { limit = 1_000 } = {}) =>
      store.tickets.listOpen(workspaceId, lineManager, { limit }),
  },
}))
