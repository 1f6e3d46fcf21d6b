import type { CallDevice, Session } from '@dowellchat/protocol'
import type { RequestError } from '../errors.ts'
import type { Identity } from '../identity/identity.ts'
import type { StreamKey } from '../stores/store.ts'
import type { LineKey } from './line-reading.ts'

/** A socket that can be subscribed to streams: all that `Streams` needs to know of it. */
export interface Subscriber {
  /** Throws `limit_reached` if it is subscribed to as many streams as it may be, and not to this one. */
  expectRoom(key: StreamKey): void
  /** False if it was subscribed already, or is gone. */
  subscribe(key: StreamKey): boolean
  /** False if it was not subscribed. */
  unsubscribe(key: StreamKey): boolean
}

/** Somebody who can be rung. */
export interface Callable extends Pick<Session, 'user_id' | 'device_id' | 'role'> {
  /** Of its connection; servers before 0.12 do not say it. */
  readonly socket_id?: string | undefined
}

/** Who is at an address that somebody rings. */
export interface Found {
  /** Whether it is a room's, and nobody's own. */
  readonly isRoom: boolean
  readonly devices: readonly Callable[]
}

/** What a handler may know of the socket that sent the request, and do with it. */
export interface Connection extends Subscriber {
  readonly socketId: string
  /** Whether a reply to a message that does not exist is refused; else it is sent as no reply to anything known. */
  readonly checksReplies: boolean
  /** Whether the users of its requests are proved; pages of V2 only claim them. */
  readonly provesUsers: boolean
  /** Whether it is told how many minutes its tickets wait, instead of how their lines move. */
  readonly hearsMinutes: boolean
  /** Who is connected, and what proves it; a renewed token replaces it while requests are under way. */
  readonly identity: Identity
  /** The streams that it is subscribed to. */
  readonly subscriptions: readonly StreamKey[]
  /** Takes a newer identity of the same user, and leaves the announcements that its role no longer gets. */
  replaceIdentity(identity: Identity): void
  /** Says why and ends the connection, after the answer to this request. */
  dismiss(error: RequestError): void
  /** The address under which others can call its user. */
  readonly address: string
  isSubscribed(key: StreamKey): boolean
  /** Lets the socket hear of changes of these users; of the last 500 that it has asked for. */
  watchUsers(userIds: readonly string[]): void
  /** Lets the socket hear of new messages in these rooms, which it has in a list; of the last 1,000 that it has asked for. */
  watchRooms(keys: readonly StreamKey[]): void
  /** Ends that for those that are not kept. */
  unwatchRooms(isKept: (key: StreamKey) => boolean): void
  /** Whether it is told with a ticket's messages whether the other side has read them. */
  readonly showsRead: boolean
  /** Whether what happens to a ticket is among its messages. */
  readonly hearsFacts: boolean
  /** Whether leaving a room takes it off the list of its user. */
  readonly leavesForGood: boolean
  /** Lets the socket hear whether these users are there; of the last 500 that it has asked for. */
  followPresence(userIds: readonly string[]): void
  /** Lets the socket hear how a line moves; of the last 20 that it has asked for. */
  followLine(key: LineKey): void
  /** Lets the socket hear who is in a room; of the last 100 that it has asked for. */
  followRoom(key: StreamKey): void
  /**
   * Who is at a socket id, a user id or in a room, looked up in this order on all servers, without the requesting socket's.
   * The other servers are asked at once; what is answered is called to look at this one's.
   */
  search(address: string): () => Promise<Found>
  /** Notes that these devices are in a call, so that their calls are looked up when they disconnect. */
  enterCall(devices: readonly CallDevice[]): void
  /** Whether its device has another socket too: a device may reconnect before the server notices the loss. */
  hasOtherSocket(): Promise<boolean>
}
