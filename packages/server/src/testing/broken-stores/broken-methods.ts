import type { Domain } from '../../stores/embedded/operations.ts'
import type { PageRange, Store } from '../../stores/store.ts'
import { mainThreadStore, type OpenFolder } from './main-thread-store.ts'

const openWhole = mainThreadStore()

/** Lowers a stored counter at each closing, also of a ticket that is closed by now. */
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

/** Pages of older messages begin with one that the reader has. */
export const overlapsBackwards: OpenFolder = withPages((range) =>
  'before' in range ? { ...range, before: range.before + 1 } : range,
)

/** What follows an entry begins with it. */
export const overlapsForwards: OpenFolder = changed((store) => ({
  ...store,
  streams: { ...store.streams, entries: (key, after) => store.streams.entries(key, Math.max(after - 1, 0)) },
}))

/** Pages of older messages leave one out. */
export const leavesOutAMessage: OpenFolder = withPages((range) =>
  'before' in range ? { ...range, before: range.before - 1 } : range,
)

/** A method that answers, or acts, in the workspace `acme`, whoever asks. */
export function leaksThrough(domain: Domain, method: string): OpenFolder {
  return changed((store) => {
    // Only the methods that have a workspace are named.
    const methods = store[domain] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    const leak = (first: unknown, ...rest: unknown[]) => methods[method]?.(inAcme(first), ...rest)
    return { ...store, [domain]: { ...methods, [method]: leak } }
  })
}

function inAcme(first: unknown): unknown {
  return typeof first === 'object' ? { ...first, workspace_id: 'acme' } : 'acme'
}

function withPages(change: (range: PageRange) => PageRange): OpenFolder {
  return changed((store) => ({
    ...store,
    streams: { ...store.streams, page: (key, range) => store.streams.page(key, change(range)) },
  }))
}

function changed(change: (store: Store) => Store): OpenFolder {
  return async (folder) => change(await openWhole(folder))
}
