import type { LiveState } from '../live/live.ts'
import type { Observable } from '../live/observable.ts'

/** What is unread in all rooms of the user's list together, but for muted and archived ones. */
export interface Unread {
  /** Messages. */
  readonly unread: number
  /** Those that mention the user. */
  readonly mentions: number
  /** Rooms with unread messages. */
  readonly rooms: number
}

/**
 * How much is unread, whether that is known (`status`) and current (`sync`).
 *
 * @example
 * const { unread, mentions } = client.rooms.unread().getSnapshot()
 * document.title = unread > 0 ? `(${mentions || unread}) Chat` : 'Chat'
 */
export type UnreadState = LiveState<Unread>

/** How much is unread, kept current while it is retained. */
export interface LiveUnread extends Observable<UnreadState> {
  /** Keeps it current; call the answer to let go. */
  readonly retain: () => () => void
  /** Counts again. Resolves when that has ended; `error` in the state says whether it failed. */
  readonly reload: () => Promise<void>
}

/** Nothing is unread. */
export const noUnread: Unread = { unread: 0, mentions: 0, rooms: 0 }
/** What is shown at first. */
export const loadingUnread: UnreadState = { status: 'loading', sync: 'offline', error: null, ...noUnread }
