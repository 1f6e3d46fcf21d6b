import { setTimeout as pause } from 'node:timers/promises'
import { limits, type MemberChange, type RoomMember, roomStream, type Session } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import { noMember } from '../stores/room.ts'
import type { RoomStore, StreamKey } from '../stores/store.ts'
import { type Address, type Audience, streamAddress, usersOf } from './audience.ts'
import type { ChangedRows } from './changed-rows.ts'
import type { Facts } from './facts.ts'
import type { LateChanges } from './late-changes.ts'
import { listedAddress } from './listed-rooms.ts'
import { openRoom } from './open-room.ts'
import { rowName } from './row-facts.ts'
import type { ChangeOf, SharedChanges } from './shared-changes.ts'
import type { Streams } from './streams.ts'
import type { Threads } from './threads.ts'

/** This server's subscriptions to streams, and its sockets. */
export interface Subscriptions {
  hasSubscribers(key: StreamKey): boolean
  /** Whether a socket of this server is at one of the addresses. */
  hasAny(addresses: readonly Address[]): boolean
  /** Ends subscriptions, but for those that are kept; answers whose they were. */
  endSubscriptions(key: StreamKey, isKept: (session: Session) => boolean): Session[]
  /** As `endSubscriptions`, of the lists that sockets show. */
  endListings(key: StreamKey, isKept: (session: Session) => boolean): Session[]
  push<K extends keyof Facts>(to: Audience, fact: K, data: Facts[K]): void
}

interface MemberRoomsParts {
  readonly rooms: RoomStore
  readonly streams: Streams
  readonly threads: Pick<Threads, 'of'>
  readonly sockets: Subscriptions
  readonly changes: Pick<SharedChanges, 'on'>
  readonly late: Pick<LateChanges, 'announce'>
  readonly rows: Pick<ChangedRows, 'sent' | 'server' | 'areShared' | 'note' | 'share'>
  readonly logger: Logger
}

const retryMs = 500

type RoomChanged = ChangeOf<'room_changed'>
type RoomClosed = ChangeOf<'open_room_closed'>

/**
 * Who receives from rooms: whoever is removed stops receiving at once on the server that removes them, and within a few
 * seconds on the others; these send their sockets what has become of the room.
 */
export class MemberRooms {
  readonly #parts: MemberRoomsParts
  /** Rooms that other servers have changed. Each is acted on once at a time. */
  readonly #due = new Map<string, RoomChanged>()
  readonly #underWay = new Map<string, Promise<void>>()
  #isStopped = false

  constructor(parts: MemberRoomsParts) {
    this.#parts = parts
    parts.changes.on('room_changed', (change) => this.#onChange(change))
    parts.changes.on('open_room_closed', (change) => this.#onClosed(change))
  }

  /**
   * Ends the subscriptions of all but the members, in the stream's order: nobody else receives what is appended later. Where
   * it rejects, every server does so later. @param user_ids whose membership has changed
   */
  async changed(workspace_id: string, room: string, user_ids: readonly string[]): Promise<void> {
    try {
      await this.#keepMembers(workspace_id, room)
    } catch (error) {
      // Without this server's name, so that it looks again too. What the log does not take is kept for later.
      const change = { kind: 'room_changed', room, user_ids } as const
      await this.#parts.rows.share(workspace_id, [change]).catch(() => undefined)
      throw error
    }
  }

  /** Tells the sockets that have joined an open room that it is closed, and ends their subscriptions, on every server. */
  async close({ workspace_id, stream }: StreamKey, room: string, closed_at: string): Promise<void> {
    const { rows, late } = this.#parts
    const closed = { kind: 'open_room_closed', workspace_id, room, closed_at, server: rows.server } as const
    await this.#close({ workspace_id, stream }, room, closed_at)
    if (rows.areShared) await late.announce(closed)
  }

  /** Resolves once nothing is being done about changes of other servers. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#underWay.values())
  }

  async #close(key: StreamKey, room: string, closed_at: string): Promise<void> {
    const { streams, threads, sockets } = this.#parts
    await streams.inOrder(key, async () => {
      const to = { addresses: [streamAddress(key)] }
      sockets.push(to, 'room_closing', { room })
      sockets.push(to, 'room_updated', { data: { ...openRoom(room), closed_at } })
      sockets.endSubscriptions(key, () => false)
    })
    for (const thread of threads.of(key))
      await streams.inOrder(thread, async () => {
        sockets.endSubscriptions(thread, () => false)
      })
  }

  #onClosed(closed: RoomClosed): void {
    const { workspace_id, room, closed_at, server } = closed
    const key = { workspace_id, stream: roomStream(room) }
    const { rows, sockets } = this.#parts
    const isHeard = this.#conversations(key).some((one) => sockets.hasSubscribers(one))
    if (server === rows.server || !isHeard) return
    this.#track(closingName(closed), this.#close(key, room, closed_at))
  }

  #onChange(change: RoomChanged): void {
    if (change.server === this.#parts.rows.server) return
    const name = rowName(change.workspace_id, change)
    const before = this.#due.get(name)?.user_ids ?? []
    this.#due.set(name, { ...change, user_ids: [...new Set([...before, ...(change.user_ids ?? [])])] })
    if (!this.#underWay.has(name)) this.#track(name, this.#lookAgain(name))
  }

  #track(name: string, work: Promise<void>): void {
    const tracked = work.finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, tracked)
  }

  /** Acts on a room's changes. What cannot be read now is read as soon as it can be. */
  async #lookAgain(name: string): Promise<void> {
    for (let change = this.#due.get(name); change && !this.#isStopped; change = this.#due.get(name)) {
      try {
        if (await this.#act(change, name)) this.#done(name, change)
      } catch (error) {
        this.#parts.logger.error({ error }, 'The members of a room could not be read')
        await pause(retryMs)
      }
    }
  }

  #done(name: string, change: RoomChanged): void {
    if (this.#due.get(name) === change) this.#due.delete(name)
  }

  /**
   * Ends the subscriptions of those who are no longer members; sends what has become of memberships to the members and to
   * those who are gone, and the room to its members. False where this server has sent the room meanwhile: what was read
   * may be older.
   */
  async #act({ workspace_id, room, user_ids = [] }: RoomChanged, name: string): Promise<boolean> {
    const { rooms, sockets, rows } = this.#parts
    const ended = await this.#keepMembers(workspace_id, room)
    const changed = [...new Set([...user_ids, ...ended.map(({ user_id }) => user_id)])]
    // Mostly nobody of them is here, and no more need be read.
    const ids = await rooms.memberIds(workspace_id, room)
    if (this.#here(workspace_id, [...ids, ...changed]).length === 0) return true
    const since = rows.sent.now()
    // The room first: members of a later version are sent once more, those of an earlier one never would be.
    const data = await rooms.get(workspace_id, room)
    const page = data && (await rooms.members(workspace_id, room, { limit: limits.room_members }))
    if (!data || !page) return true
    if (rows.sent.wasSentSince(name, since)) return false
    const here = this.#here(workspace_id, [...page.members.map(({ user_id }) => user_id), ...changed])
    if (here.length === 0) return true
    if (changed.length > 0) {
      const changes = changed.map((user_id) => memberChange(user_id, page.members))
      sockets.push(usersOf(workspace_id, here), 'member_changed', { room, changes, version: data.version })
    }
    const members = new Set(page.members.map(({ user_id }) => user_id))
    const stayed = here.filter((user_id) => members.has(user_id))
    sockets.push(usersOf(workspace_id, stayed), 'room_updated', { data })
    rows.note(workspace_id, { kind: 'room_changed', room })
    return true
  }

  /** Those of some users who have sockets here. */
  #here(workspaceId: string, userIds: readonly string[]): string[] {
    const { sockets } = this.#parts
    return [...new Set(userIds)].filter((id) => sockets.hasAny(usersOf(workspaceId, [id]).addresses))
  }

  /** A room's stream, and those of its threads that sockets here have joined. */
  #conversations(key: StreamKey): StreamKey[] {
    return [key, ...this.#parts.threads.of(key)]
  }

  async #keepMembers(workspace_id: string, room: string): Promise<Session[]> {
    const { rooms, streams, sockets } = this.#parts
    const ended: Session[] = []
    for (const key of this.#conversations({ workspace_id, stream: roomStream(room) }))
      await streams.inOrder(key, async () => {
        if (!sockets.hasAny([streamAddress(key), listedAddress(key)])) return
        // Read here: who is added meanwhile joins after this.
        const kept = new Set(await rooms.memberIds(workspace_id, room))
        const isKept = ({ user_ids }: Session) => user_ids.some((id) => kept.has(id))
        ended.push(...sockets.endSubscriptions(key, isKept), ...sockets.endListings(key, isKept))
      })
    return ended
  }
}

function closingName({ workspace_id, room }: RoomClosed): string {
  return `closing\n${workspace_id}\n${room}`
}

/** What a user is among the members now. */
function memberChange(user_id: string, members: readonly RoomMember[]): MemberChange {
  return members.find((one) => one.user_id === user_id) ?? noMember(user_id)
}
