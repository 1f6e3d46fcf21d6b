import type { DataOf, ListedRoom } from '../entities.ts'
import type { ListState, LiveList } from '../live/live-list.ts'
import type { RequestMethods } from '../requests/request.ts'
import {
  type LiveUnread,
  loadingUnread,
  noUnread as none,
  type Unread,
  type UnreadState,
} from './unread-state.ts'

/** How often those are counted that are beyond what is loaded. */
const askMs = 60_000

/** From the list itself; the server counts those that are not loaded. */
export function createUnread(
  list: LiveList<ListedRoom>,
  request: Pick<RequestMethods, 'get_unread'>,
): LiveUnread {
  let rest = none
  let from: ListState<ListedRoom> | undefined
  let shown = loadingUnread
  let told = loadingUnread
  const listeners = new Set<() => void>()
  let isAsking = false
  let askedAt = 0

  function getSnapshot(): UnreadState {
    const now = list.getSnapshot()
    if (now === from) return shown
    from = now
    const { status, sync, error } = now
    const sum = status === 'ready' ? together(unreadIn(now.items), now.hasMore ? rest : none) : none
    const next = { status, sync, error, ...sum }
    const keys = Object.keys(next) as (keyof typeof next)[]
    // The list's status, and what goes with it.
    if (keys.some((key) => next[key] !== shown[key])) shown = next as UnreadState
    return shown
  }

  /** Counts what is not loaded: all of it without what is. */
  async function ask(): Promise<void> {
    isAsking = true
    askedAt = Date.now()
    const all: DataOf<'get_unread'> | undefined = await request.get_unread({}).catch(() => undefined)
    isAsking = false
    if (!all) return
    rest = without(all, unreadIn(list.getSnapshot().items))
    from = undefined
    tell()
  }

  function look(): void {
    const { status, sync, hasMore } = list.getSnapshot()
    const isDue = status === 'ready' && sync === 'live' && hasMore && Date.now() >= askedAt + askMs
    if (isDue && !isAsking) void ask()
    tell()
  }

  function tell(): void {
    if (getSnapshot() === told) return
    told = shown
    for (const listener of [...listeners]) listener()
  }

  function retain(): () => void {
    const stops = [list.subscribe(look), list.retain()]
    const timer = setInterval(look, askMs)
    look()
    return () => {
      clearInterval(timer)
      for (const stop of stops.splice(0)) stop()
    }
  }

  return {
    getSnapshot,
    getServerSnapshot: () => loadingUnread,
    subscribe(listener) {
      const call = (): void => listener()
      listeners.add(call)
      return () => void listeners.delete(call)
    },
    retain,
    async reload() {
      askedAt = 0
      await list.reload()
    },
  }
}

function unreadIn(rooms: readonly ListedRoom[]): Unread {
  return rooms.reduce((sum, { reader }) => {
    if (reader.is_muted || reader.unread === 0) return sum
    return together(sum, { unread: reader.unread, mentions: reader.mentions, rooms: 1 })
  }, none)
}

const together = (a: Unread, b: Unread): Unread => ({
  unread: a.unread + b.unread,
  mentions: a.mentions + b.mentions,
  rooms: a.rooms + b.rooms,
})

const without = (all: Unread, some: Unread): Unread => ({
  unread: Math.max(0, all.unread - some.unread),
  mentions: Math.max(0, all.mentions - some.mentions),
  rooms: Math.max(0, all.rooms - some.rooms),
})
