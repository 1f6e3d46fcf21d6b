import * as protocol from '@dowellchat/protocol'
import type { DataOf, PushOf, RoomMember } from '../entities.ts'
import { uuid } from '../uuid.ts'
import { requestsFor, rightsIn } from './fake-rights.ts'
import { type FakeRights, type FakeWorld, now } from './fake-world.ts'
import { sampleWith } from './sample.ts'

type Room = protocol.Room
type PayloadOf<K extends protocol.ClientRequestName> = protocol.PayloadOf<K>

interface RoomWorld extends Omit<FakeWorld, 'rightsIn'> {
  /** What the session may send. */
  readonly can: readonly string[]
  /** Puts a room on the user's list, or takes it off. */
  readonly list: (room: string, isListed: boolean) => void
}

const usualLimit = 50
const weekMs = 604_800_000

/**
 * The rooms of a fake server. The client's user is a member of each that has members, and its owner where they have made it, or the
 * test's room says so.
 */
export class FakeRooms {
  readonly #world: RoomWorld
  readonly #members = new Map<string, readonly RoomMember[]>()

  constructor(world: RoomWorld) {
    this.#world = world
  }

  /** Whom the test has let in or out is so from then on. */
  note<K extends protocol.PushName>(name: K, pushed: PushOf<K>): void {
    if (name !== 'member_changed') return
    const { room, changes } = pushed as PushOf<'member_changed'>
    const { user_id, list } = this.#world
    const others = this.#membersOf(room).filter((one) =>
      changes.every((change) => change.user_id !== one.user_id),
    )
    const come = changes.filter((one): one is RoomMember => one.role !== null)
    this.#members.set(room, [...others, ...come])
    const own = changes.find((one) => one.user_id === user_id)
    if (own) list(room, own.role !== null)
  }

  /** Those whom the test answers are the members from then on. */
  noteMembers(room: string, { members }: DataOf<'get_room_members'>): void {
    this.#members.set(room, members)
  }

  room(_id: string): Room {
    const kind = protocol.hasMembers(_id) ? 'members' : 'open'
    return this.#world.memory.rooms.get(_id) ?? sampleWith(protocol.Room, { _id, kind }, {})
  }

  /** The two people of a direct room. */
  peers(room: Room): string[] | null {
    return room.kind === 'direct' ? this.#membersOf(room._id).map(({ user_id }) => user_id) : null
  }

  /** What the user may do with the messages of others in a stream that is no thread. */
  rightsIn(stream: string): FakeRights {
    const room = this.room(protocol.streamOwner(stream).id)
    return rightsIn(stream, room, this.#somebody(room._id))
  }

  get_room = ({ room: name }: PayloadOf<'get_room'>): DataOf<'get_room'> => {
    const [room, somebody] = [this.room(name), this.#somebody(name)]
    const can = requestsFor(room, somebody).filter((one) => this.#world.can.includes(one))
    // A closed room has no members.
    const role = room.closed_at === null ? somebody.member?.role : undefined
    return { room, role: role ?? null, can }
  }

  get_room_members = ({ room, after = '', limit = usualLimit }: PayloadOf<'get_room_members'>) => {
    const all = this.#membersOf(room).toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1))
    const rest = all.filter(({ user_id }) => user_id > after)
    return { members: rest.slice(0, limit), more: rest.length > limit }
  }

  create_room = ({ cid, kind, title = null, metadata = {}, members }: PayloadOf<'create_room'>): Room => {
    const { memory, user_id, push, list } = this.#world
    const everybody = [...new Set([user_id, ...members])]
    const known = memory.rooms
      .all()
      .find((one) => this.peers(one)?.toSorted().join() === everybody.toSorted().join())
    if (kind === 'direct' && known) return known
    return memory.rooms.create(cid, () => {
      const _id = `${protocol.memberRoomPrefix}${uuid()}`
      const owner = kind === 'members' ? user_id : null
      const made = { _id, owner, member_count: everybody.length, created_at: now(), version: 1 }
      const room = memory.rooms.put(sampleWith(protocol.Room, made, { kind, title, metadata }))
      this.#members.set(
        _id,
        everybody.map((one) => newMember(one, one === owner)),
      )
      list(_id, true)
      push('room_updated', { data: room })
      return room
    })
  }

  update_room = ({ room, title, metadata, slow_mode_ms }: PayloadOf<'update_room'>): Room =>
    this.#change(room, {
      ...(title !== undefined && { title }),
      ...(metadata && { metadata }),
      ...(slow_mode_ms !== undefined && { slow_mode_ms: slow_mode_ms || null }),
    })

  add_members = ({ room, members }: PayloadOf<'add_members'>): Room => {
    const known = this.#membersOf(room)
    const added = members.filter((id) => known.every(({ user_id }) => user_id !== id))
    return this.#change(room, {}, [...known, ...[...new Set(added)].map((id) => newMember(id))])
  }

  remove_members = ({ room, members }: PayloadOf<'remove_members'>): Room => this.#without(room, members)

  mute_member = ({ room, user_id, for_ms }: PayloadOf<'mute_member'>): RoomMember => {
    const muted_until = for_ms === 0 ? null : new Date(Date.now() + for_ms).toISOString()
    const known = this.#membersOf(room)
    const muted = { ...(known.find((one) => one.user_id === user_id) ?? newMember(user_id)), muted_until }
    this.#change(room, {}, [...known.filter((one) => one.user_id !== user_id), muted])
    return muted
  }

  leave_room = ({ room }: PayloadOf<'leave_room'>): { room: string } => {
    const { user_id, list } = this.#world
    if (protocol.hasMembers(room)) this.#without(room, [user_id])
    list(room, false)
    return { room }
  }

  close_room = ({ room }: PayloadOf<'close_room'>): Room => {
    if (!protocol.hasMembers(room)) return { ...this.room(room), closed_at: now() }
    this.#world.list(room, false)
    return this.#change(room, { closed_at: now() })
  }

  create_invite = ({ room, expires_in_ms = weekMs, uses = 1 }: PayloadOf<'create_invite'>) => {
    const expires_at = new Date(Date.now() + expires_in_ms).toISOString()
    return { invite: `${room}.invite`, room, expires_at, uses_left: uses }
  }

  accept_invite = ({ invite }: PayloadOf<'accept_invite'>): Room => {
    const [name = ''] = invite.split('.')
    const room = protocol.hasMembers(name) ? name : `${protocol.memberRoomPrefix}${name}`
    this.#world.list(room, true)
    return this.add_members({ room, members: [this.#world.user_id] })
  }

  #somebody(room: string) {
    const { role, user_id } = this.#world
    return { role, member: this.#membersOf(room).find((one) => one.user_id === user_id) }
  }

  #membersOf(room: string): readonly RoomMember[] {
    const { user_id } = this.#world
    if (!protocol.hasMembers(room)) return []
    return this.#members.get(room) ?? [newMember(user_id, this.room(room).owner === user_id)]
  }

  /** The room of an owner who is gone passes to the oldest member. */
  #without(room: string, gone: readonly string[]): Room {
    const left = this.#membersOf(room).filter(({ user_id }) => !gone.includes(user_id))
    const [first, ...others] = left
    const { owner } = this.room(room)
    if (!first || owner === null || !gone.includes(owner)) return this.#change(room, {}, left)
    return this.#change(room, { owner: first.user_id }, [{ ...first, role: 'owner' }, ...others])
  }

  #change(name: string, changes: Partial<Room>, members = this.#membersOf(name)): Room {
    const { memory, push } = this.#world
    const [before, known] = [this.room(name), this.#membersOf(name)]
    const counts = { member_count: members.length, version: before.version + 1 }
    const room = memory.rooms.put({ ...before, ...changes, ...counts })
    this.#members.set(name, members)
    const come = members.filter((one) => !known.some((before) => isSame(before, one)))
    const gone = known.filter(({ user_id }) => members.every((one) => one.user_id !== user_id))
    const nobody = { role: null, joined_at: null, muted_until: null }
    const changed = [...come, ...gone.map(({ user_id }) => ({ user_id, ...nobody }))]
    if (changed.length > 0) push('member_changed', { room: name, changes: changed, version: room.version })
    push('room_updated', { data: room })
    return room
  }
}

function isSame(a: RoomMember, b: RoomMember): boolean {
  return a.user_id === b.user_id && a.role === b.role && a.muted_until === b.muted_until
}

function newMember(user_id: string, isOwner = false): RoomMember {
  return { user_id, role: isOwner ? 'owner' : 'member', joined_at: now(), muted_until: null }
}
