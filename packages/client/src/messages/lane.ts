import type { Message } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { Cached } from '../live/cache.ts'
import type { Extras, Outcome, Outgoing } from './outgoing.ts'

/** The messages of one stream that are not in its log yet. */
export interface Lane {
  readonly stream: string
  readonly parts: LaneParts
  /** In the order in which they are sent; another array after every change. */
  readonly outgoing: () => readonly Outgoing[]
  /** Says who shows the stream. */
  readonly attach: (viewer: LaneViewer) => void
  /** Rejects, without a row, what can never be sent and what there is no room for. */
  readonly send: (message_data: string, reply_to: string | null, extras?: Extras) => Promise<Message>
  /** Sends a failed message again, after those that wait, under the same cid: it is never stored twice. */
  readonly retry: (cid: string) => Promise<Message>
  /** Drops a message that has failed, or that waits. The promise of one that waits rejects with the code `discarded`. */
  readonly discard: (cid: string) => void
  /** Takes what is new in the log, and where the log ends: messages are drawn from there now. */
  readonly settle: (entries: readonly Message[], end: number) => void
  /** The log began anew, or is gone: it has whatever was acknowledged, or never will. */
  readonly reset: () => void
}

export interface LaneViewer {
  readonly onChange: () => void
  /** Whether the log is current, and hears of what comes. */
  readonly isLive: () => boolean
  /** Whether the entry of a stored message will arrive. */
  readonly getsEntries: () => boolean
}

/** What a message costs the outbox. */
export interface Item {
  one: Outgoing
  bytes: number
  tries: number
  /** Whether it has left the client: it may be stored. */
  isSent?: boolean
  /** End the promise of `send` or `retry`. A message of an earlier load has none. */
  resolve?: (message: Message) => void
  reject?: (error: RequestError) => void
}

/** The parts of a client that its lanes share. */
export interface LaneHost {
  /** Whether there is a connection that may be sent on. */
  readonly canSend: () => boolean
  readonly isOwn: (author: string | null) => boolean
  /** How many bytes the message takes; a promise that rejects if it can never be sent. */
  readonly measure: (stream: string, one: Outgoing) => number | Promise<never>
  /** Throws `queue_full` if there is no room. */
  readonly admit: (stream: string, bytes: number) => void
  /** Those of the first messages that go together. */
  readonly cut: (items: Iterable<Item>, most: number) => readonly Item[]
  readonly transmit: (stream: string, items: readonly Item[]) => Promise<readonly Outcome[]>
  /** Calls back when the room of a stream changes, with its slow mode perhaps. */
  readonly watch: (stream: string, again: () => void) => () => void
  readonly failure: (stream: string, code: string, message: string) => RequestError
  /** Takes note of what has become of a message, and changes it: one that stays where it is keeps its turn. */
  readonly moved: (lane: Lane, item: Item, from: Place, to: Place, changes?: Partial<Item>) => void
  /** Takes note that something has changed. */
  readonly changed: (lane: Lane, isEmpty: boolean) => void
}

/** Where a message is: it waits to be sent or is under way, it has failed, or it is no longer the outbox's. */
export type Place = 'waiting' | 'failed' | 'gone'

/** A lane, for the outbox that it belongs to. */
export interface OwnedLane extends Lane, Cached {
  /** Sends what waits, if that is possible. Answers whether it does. */
  readonly begin: (isAgain?: boolean) => boolean
}

/** What a lane has, for what is done with it in other files. */
export interface LaneParts {
  readonly host: LaneHost
  /** All, in the order of their rows. */
  readonly items: Map<string, Item>
  /** Those that wait, in the order in which they are sent. The first ones may be under way. */
  readonly waiting: Map<string, Item>
  readonly underWay: () => readonly Item[]
  readonly begin: (isAgain?: boolean) => boolean
  /** Tells those who show the stream that something has changed. */
  readonly changed: () => void
}

/** Changes what is shown of a message. */
export function change(item: Item, changes: Partial<Outgoing>): void {
  item.one = { ...item.one, ...changes }
}
