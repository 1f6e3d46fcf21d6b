import { setTimeout as pause } from 'node:timers/promises'
import { roomStream, type Session } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import type { Change, RoomStore, StreamKey } from '../stores/store.ts'
import { type Audience, streamAddress, usersOf } from './audience.ts'
import type { Facts, Notify } from './facts.ts'
import type { SharedChanges } from './shared-changes.ts'
import type { Streams } from './streams.ts'

/** This server's subscriptions to streams, and its sockets. */
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
  /** Sends facts to the sockets of all servers. */
  readonly announce: Notify
  readonly changes: SharedChanges
  readonly logger: Logger
}

const retryMs = 500

type RoomChanged = Extract<Change, { readonly kind: 'room_changed' }>

/**
 * Who receives from the rooms with members: whoever is removed stops receiving at once on the server that removes them, and
 * within a few seconds on the others.
 */
export class MemberRooms {
  readonly #rooms: RoomStore
  readonly #streams: Streams
  readonly #sockets: Subscriptions
  readonly #announce: Notify
  readonly #changes: SharedChanges
  readonly #logger: Logger
  /** Changes that this server has announced and not heard of yet. */
  readonly #own = new Set<string>()
  #isStopped = false
  /** What is being done about changes of other servers. */
  readonly #underWay = new Set<Promise<void>>()

  constructor({ rooms, streams, sockets, announce, changes, logger }: MemberRoomsParts) {
    this.#rooms = rooms
    this.#streams = streams
    this.#sockets = sockets
    this.#announce = announce
    this.#changes = changes
    this.#logger = logger
    changes.on('room_changed', (change) => this.#onChange(change))
  }

  /**
   * Ends the subscriptions of all but the members, in the stream's order: nobody else receives what is appended later.
   * Resolves once the other servers will do so too.
   */
  async changed(workspace_id: string, room: string, version: number): Promise<void> {
    await this.#keepMembers(workspace_id, room)
    const own = ownChange(workspace_id, room, version)
    this.#own.add(own)
    try {
      await this.#changes.announce({ kind: 'room_changed', workspace_id, room, version })
    } catch (error) {
      this.#own.delete(own)
      throw error
    }
  }

  /** Sends facts to the sockets that have joined an open room, then ends their subscriptions. */
  async close(key: StreamKey, facts: Partial<Facts>): Promise<void> {
    await this.#streams.inOrder(key, async () => {
      const to = { addresses: [streamAddress(key)] }
      // Each fact under its own name.
      for (const [fact, data] of Object.entries(facts)) this.#announce(to, fact as 'hello', data as never)
      this.#sockets.endSubscriptions(key, () => false)
    })
  }

  /** Resolves once nothing is being done about changes of other servers. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#underWay)
  }

  #onChange(change: RoomChanged): void {
    const { workspace_id, room, version } = change
    if (this.#own.delete(ownChange(workspace_id, room, version))) return
    if (!this.#sockets.hasSubscribers({ workspace_id, stream: roomStream(room) })) return
    const work = this.#lookAgain(change).finally(() => this.#underWay.delete(work))
    this.#underWay.add(work)
  }

  /** Acts on another server's change. What cannot be read now is read as soon as it can be. */
  async #lookAgain(change: RoomChanged): Promise<void> {
    for (let isDone = false; !isDone && !this.#isStopped; ) {
      try {
        await this.#act(change)
        isDone = true
      } catch (error) {
        this.#logger.error({ error }, 'The members of a room could not be read')
        await pause(retryMs)
      }
    }
  }

  /** Ends the subscriptions of those who are no longer members and tells them; sends the room to everybody else in it. */
  async #act({ workspace_id, room, version }: RoomChanged): Promise<void> {
    const ended = await this.#keepMembers(workspace_id, room)
    const user_ids = [...new Set(ended.map(({ user_id }) => user_id))]
    if (user_ids.length > 0) {
      const changes = user_ids.map((user_id) => ({ user_id, role: null, joined_at: null }))
      this.#sockets.push(usersOf(workspace_id, user_ids), 'member_changed', { room, changes, version })
    }
    const data = await this.#rooms.get(workspace_id, room)
    const to = { addresses: [streamAddress({ workspace_id, stream: roomStream(room) })] }
    if (data) this.#sockets.push(to, 'room_updated', { data })
  }

  async #keepMembers(workspace_id: string, room: string): Promise<Session[]> {
    const key = { workspace_id, stream: roomStream(room) }
    let ended: Session[] = []
    await this.#streams.inOrder(key, async () => {
      if (!this.#sockets.hasSubscribers(key)) return
      // Read here: who is added meanwhile joins after this.
      const kept = new Set(await this.#rooms.memberIds(workspace_id, room))
      ended = this.#sockets.endSubscriptions(key, ({ user_ids }) => user_ids.some((id) => kept.has(id)))
    })
    return ended
  }
}

function ownChange(workspaceId: string, room: string, version: number): string {
  return `${workspaceId}\n${room}\n${version}`
}
