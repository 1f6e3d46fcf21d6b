import { hasMembers, type Session, streamOwner } from '@dowellchat/protocol'
import { type RoomStore, type StreamKey, streamId } from '../stores/store.ts'
import { type Audience, streamAddress, usersOf } from './audience.ts'
import type { Facts } from './facts.ts'
import type { Streams } from './streams.ts'

/** This node's subscriptions to streams, and its sockets. */
export interface Subscriptions {
  hasSubscribers(key: StreamKey): boolean
  /** Ends subscriptions, but for those that are kept; answers whose they were. */
  endSubscriptions(key: StreamKey, isKept: (session: Session) => boolean): Session[]
  push<K extends keyof Facts>(to: Audience, fact: K, data: Facts[K]): void
}

interface MemberRoomsParts {
  readonly rooms: RoomStore
  readonly streams: Streams
  readonly sockets: Subscriptions
}

/** How often the store is asked for what other nodes have changed. */
const pollMs = 2_000
/** How many rooms are asked for at once. */
const askedAtOnce = 500

interface Followed {
  readonly key: StreamKey
  readonly room: string
  version: number
}

/**
 * Who hears the rooms with members on this node: whoever is removed stops at once, or within a poll where another node has
 * removed them. The store is asked only for rooms that somebody here has joined.
 */
export class MemberRooms {
  readonly #rooms: RoomStore
  readonly #streams: Streams
  readonly #sockets: Subscriptions
  readonly #followed = new Map<string, Followed>()
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> = Promise.resolve()

  constructor({ rooms, streams, sockets }: MemberRoomsParts) {
    this.#rooms = rooms
    this.#streams = streams
    this.#sockets = sockets
  }

  /** Watches a room that a socket here has joined. @param version of the room that its membership was seen in */
  follow(key: StreamKey, version: number): void {
    const id = streamId(key)
    // An older version that is known may have changes before this one.
    if (this.#followed.has(id)) return
    const room = streamOwner(key.stream).id
    if (hasMembers(room)) this.#followed.set(id, { key, room, version })
    this.#timer ??= setInterval(() => this.#poll(), pollMs).unref()
  }

  /** Ends the subscriptions of all but these users, in the stream's order: what is appended later, nobody else hears. */
  async keepOnly(key: StreamKey, userIds: readonly string[]): Promise<Session[]> {
    const kept = new Set(userIds)
    let ended: Session[] = []
    await this.#streams.inOrder(key, async () => {
      ended = this.#sockets.endSubscriptions(key, ({ user_ids }) => user_ids.some((id) => kept.has(id)))
    })
    return ended
  }

  /** Tells the sockets that have joined a room, and then ends their subscriptions. */
  async close<K extends keyof Facts>(key: StreamKey, facts: Pick<Facts, K>): Promise<void> {
    await this.#streams.inOrder(key, async () => {
      const to = { addresses: [streamAddress(key)] }
      for (const [fact, data] of Object.entries(facts)) this.#sockets.push(to, fact as K, data as Facts[K])
      this.#sockets.endSubscriptions(key, () => false)
    })
  }

  /** Ends the polling. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#polling
  }

  #poll(): void {
    // What cannot be read now is read by the next poll.
    this.#polling = this.#polling.then(() => this.#pollAll()).catch(() => undefined)
  }

  async #pollAll(): Promise<void> {
    const byWorkspace = new Map<string, Followed[]>()
    for (const [id, one] of this.#followed) {
      if (!this.#sockets.hasSubscribers(one.key)) {
        this.#followed.delete(id)
        continue
      }
      const { workspace_id } = one.key
      byWorkspace.set(workspace_id, [...(byWorkspace.get(workspace_id) ?? []), one])
    }
    for (const [workspaceId, all] of byWorkspace) {
      for (let from = 0; from < all.length; from += askedAtOnce)
        await this.#compare(workspaceId, all.slice(from, from + askedAtOnce))
    }
  }

  async #compare(workspaceId: string, some: readonly Followed[]): Promise<void> {
    const names = some.map(({ room }) => room)
    const found = new Map(
      (await this.#rooms.versions(workspaceId, names)).map(({ room, version }) => [room, version]),
    )
    for (const one of some) {
      const version = found.get(one.room) ?? Number.MAX_SAFE_INTEGER
      if (version === one.version) continue
      await this.#lookAgain(one, version)
      one.version = version
    }
  }

  /** Ends the subscriptions of those who are no members any more, and tells everybody. */
  async #lookAgain({ key, room }: Followed, version: number): Promise<void> {
    const { workspace_id } = key
    const ended = await this.keepOnly(key, await this.#rooms.memberIds(workspace_id, room))
    const user_ids = [...new Set(ended.map(({ user_id }) => user_id))]
    const changes = user_ids.map((user_id) => ({ user_id, role: null, joined_at: null }))
    if (changes.length > 0)
      this.#sockets.push(usersOf(workspace_id, user_ids), 'member_changed', { room, changes, version })
    const data = await this.#rooms.get(workspace_id, room)
    if (data) this.#sockets.push({ addresses: [streamAddress(key)] }, 'room_updated', { data })
  }
}
