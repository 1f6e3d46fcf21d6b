import type { ListedRoom } from '../entities.ts'
import { isRequestError, type RequestError } from '../errors.ts'
import type { ListState, LiveList } from '../live/live-list.ts'
import type { Wire } from '../requests/wire.ts'
import { againAndAgain } from './again-and-again.ts'
import { byActivity } from './listed-rooms.ts'
import {
  type LiveUnread,
  loadingUnread,
  noUnread as none,
  type Unread,
  type UnreadState,
} from './unread-state.ts'

/** How often those are counted that are beyond what is loaded. */
const askMs = 60_000
/** After a room has come to the list of which is not known how much of it was counted beyond it. */
const soonMs = 5_000

/** From the list itself; the server counts those that are not loaded. */
export function createUnread(
  list: LiveList<ListedRoom>,
  { connection, request }: Pick<Wire, 'connection' | 'request'>,
): LiveUnread {
  /** What is unread beyond the list: what was counted, without the rooms that have come to the list since. */
  let rest = none
  /** The rooms that the rest is without. */
  let listed = new Set<string>()
  /** The last room of the list when the rest was counted. */
  let end: ListedRoom | undefined
  let isUnsure = false
  let failure: RequestError | null = null
  let from: ListState<ListedRoom> | undefined
  let shown = loadingUnread
  let told = loadingUnread
  const listeners = new Set<() => void>()
  let asking: Promise<void> | undefined
  let askedAt = 0

  function getSnapshot(): UnreadState {
    const now = list.getSnapshot()
    if (now === from) return shown
    from = now
    const { status, sync, error, items } = now
    const isReady = status === 'ready'
    if (isReady) take(items)
    const hasRest = isReady && now.hasMore
    const sum = isReady ? together(unreadIn(items), hasRest ? rest : none) : none
    const next =
      hasRest && failure
        ? { status, sync: 'offline', error: error ?? failure, ...sum }
        : { status, sync, error, ...sum }
    const keys = Object.keys(next) as (keyof typeof next)[]
    // The list's status, and what goes with it.
    if (keys.some((key) => next[key] !== shown[key])) shown = next as UnreadState
    return shown
  }

  /** Rooms come to the list as they are loaded, with what is unread in them. */
  function take(items: readonly ListedRoom[]): void {
    const come = items.filter(({ _id }) => !listed.has(_id))
    if (come.length === 0) return
    rest = without(rest, unreadIn(come))
    for (const { _id } of come) listed.add(_id)
    // What comes before the end is new, or has new messages.
    isUnsure ||= come.some((room) => end && byActivity.compare(room, end) < 0)
  }

  /** Counts what is not loaded: all of it without what is. */
  async function count(): Promise<void> {
    askedAt = Date.now()
    try {
      const all = await request.get_unread({})
      const { items } = list.getSnapshot()
      rest = without(all, unreadIn(items))
      listed = new Set(items.map(({ _id }) => _id))
      end = items.at(-1)
      isUnsure = false
      failure = null
    } catch (error) {
      if (!isRequestError(error)) throw error
      // Without a connection the list says so.
      if (connection.socket.connected) failure = error
    } finally {
      asking = undefined
      from = undefined
      tell()
    }
  }

  /** Counts, if there is anything to count, and the server can. */
  async function ask(): Promise<void> {
    const isKnown = connection.getSnapshot().session?.can.includes('get_unread')
    const { status, hasMore } = list.getSnapshot()
    if (!isKnown || status !== 'ready' || !hasMore || !connection.socket.connected) return
    asking ??= count()
    await asking
  }

  function look(): void {
    tell()
    const isDue = Date.now() >= askedAt + (isUnsure ? soonMs : askMs)
    if (isDue && list.getSnapshot().sync === 'live') void ask()
  }

  function tell(): void {
    if (getSnapshot() === told) return
    told = shown
    for (const listener of [...listeners]) listener()
  }

  function retain(): () => void {
    const stops = [list.subscribe(look), list.retain(), againAndAgain(connection, askMs, look)]
    look()
    return () => {
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
      await list.reload()
      await ask()
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
