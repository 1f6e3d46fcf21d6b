import { type RoomPresence as Shown, streamOwner } from '@dowellchat/protocol'
import { grouped } from '../stores/grouped.ts'
import {
  type BlockedPair,
  type BlockStore,
  mostPairs,
  type StreamKey,
  type UserSettings,
  type UserStore,
} from '../stores/store.ts'
import type { People, RoomPeople } from './people.ts'
import { nameOf, type Place, placeNamed } from './place.ts'
import { isHidden } from './shown-presence.ts'
import type { ChatSocket } from './socket.ts'
import type { Sockets } from './sockets.ts'

interface RoomPresenceParts {
  readonly people: Pick<People, 'inRooms' | 'inRoomHere'>
  readonly sockets: Pick<Sockets, 'push' | 'hasAny' | 'at' | 'isIn'>
  readonly users: Pick<UserStore, 'settings'>
  readonly blocks: Pick<BlockStore, 'pairs'>
  /** Called where a room has to be looked at. */
  readonly onDue: () => void
}

/** Who is in a room, without those who hide. */
interface Looked {
  readonly count: number
  readonly user_ids: readonly string[]
  /** Who is not shown to whom, both ways. */
  readonly blocked: ReadonlyMap<string, ReadonlySet<string>>
}

/** What the followers of a room were sent last. */
interface Told extends Pick<Looked, 'count' | 'user_ids'> {
  /** Whether all of them were: else they are sent what there is next, whatever it is. */
  readonly isLevel: boolean
  /** Who was here then, and not on another server alone. */
  readonly here: readonly string[]
}

const nobody: Looked = { count: 0, user_ids: [], blocked: new Map() }
const mostNamed = 50
/** In a room of so many at most, those who hide are not counted either. */
const mostSeen = 200
/** So many rooms are looked at in a second. */
const roomsAtOnce = 100
const readAtOnce = 500

/** Who is in which room, for the sockets of this server that follow it. */
export class RoomPresence {
  readonly #parts: RoomPresenceParts
  readonly #told = new Map<string, Told>()
  readonly #due = new Map<string, Place>()

  constructor(parts: RoomPresenceParts) {
    this.#parts = parts
  }

  get isDue(): boolean {
    return this.#due.size > 0
  }

  /** Notes that others may be in a room; answers whether that concerns a socket of this server. */
  note(place: Place): boolean {
    const [workspace_id, stream] = place
    if (!this.#parts.sockets.hasAny([{ kind: 'room_presence', workspace_id, stream }])) return false
    this.#due.set(nameOf(place), place)
    return true
  }

  noteAll(): void {
    for (const name of this.#told.keys()) this.note(placeNamed(name))
  }

  /** Nobody follows a room any more. */
  forget(place: Place): void {
    this.#told.delete(nameOf(place))
  }

  /**
   * Who is in a room, as one of its followers sees it. While another server does not answer, these are the people of this one,
   * and those who were shown last.
   */
  async of({ workspace_id, stream }: StreamKey, userIds: readonly string[]): Promise<Shown> {
    const { people } = this.#parts
    const place: Place = [workspace_id, stream]
    const [known] = await people.inRooms([place])
    const told = known ? nobody : await this.#stillShown(place)
    const [looked = nobody] = await this.#looksAt(
      workspace_id,
      [known ?? people.inRoomHere(place)],
      told.user_ids,
    )
    this.#answered(place, known && looked)
    return shownTo(userIds, stream, known ? looked : withTold(looked, told))
  }

  /** Those who were shown last, without whom hides by now or was here and has gone. */
  async #stillShown(place: Place): Promise<Pick<Looked, 'count' | 'user_ids'>> {
    const told = this.#told.get(nameOf(place))
    if (!told) return nobody
    const here = this.#here(place)
    const settings = await this.#settingsOf(place[0], told.user_ids)
    const user_ids = told.user_ids.filter(
      (id) => !isHidden(settings.get(id)) && (here.includes(id) || !told.here.includes(id)),
    )
    return { count: told.count - (told.user_ids.length - user_ids.length), user_ids }
  }

  #here(place: Place): readonly string[] {
    return this.#parts.people.inRoomHere(place).user_ids
  }

  /** What somebody gets who asks may not be what the others have, or not be known yet: then it is looked at again. */
  #answered(place: Place, looked: Looked | undefined): void {
    const [workspace_id, stream] = place
    // Whoever has asked may have gone: nobody would ever forget it.
    if (!this.#parts.sockets.hasAny([{ kind: 'room_presence', workspace_id, stream }])) return
    const before = this.#told.get(nameOf(place))
    const isLevel = looked !== undefined && (before === undefined || isTold(before, looked))
    const { count, user_ids } = looked ?? before ?? nobody
    // Where it is not known who is elsewhere, those who were here then are told from them as before.
    const here = looked ? this.#here(place) : (before?.here ?? [])
    this.#told.set(nameOf(place), { count, user_ids, isLevel, here })
    if (!isLevel && this.note(place)) this.#parts.onDue()
  }

  /** Looks at the rooms that are due, and sends what has changed; those that cannot be looked at stay due. */
  async look(): Promise<void> {
    const due = [...this.#due.values()].slice(0, roomsAtOnce)
    for (const place of due) this.#due.delete(nameOf(place))
    for (const [workspaceId, places] of grouped(due, ([id]) => id)) {
      try {
        await this.#lookAt(workspaceId, places)
      } catch (error) {
        for (const place of due) this.note(place)
        throw error
      }
    }
  }

  async #lookAt(workspaceId: string, places: readonly Place[]): Promise<void> {
    const all = await this.#parts.people.inRooms(places)
    const known = places.flatMap((place, at) => {
      const people = all[at]
      if (!people) this.note(place)
      return people ? [{ place, people }] : []
    })
    const looked = await this.#looksAt(
      workspaceId,
      known.map(({ people }) => people),
    )
    for (const [at, { place }] of known.entries()) {
      const one = looked[at]
      if (one) this.#send(place, one)
    }
  }

  #send(place: Place, looked: Looked): void {
    const { sockets } = this.#parts
    const [workspace_id, stream] = place
    const { count, user_ids } = looked
    if (isTold(this.#told.get(nameOf(place)), looked)) return
    const followers = sockets
      .at({ kind: 'room_presence', workspace_id, stream })
      .filter((socket) => sockets.isIn(socket, { workspace_id, stream }))
    if (followers.length > 0)
      this.#told.set(nameOf(place), { count, user_ids, isLevel: true, here: this.#here(place) })
    // Almost always nobody has blocked anybody.
    const seen = (socket: ChatSocket) => shownTo(socket.data.session.user_ids, stream, looked)
    const key = (socket: ChatSocket) => (looked.blocked.size === 0 ? '' : JSON.stringify(seen(socket)))
    for (const group of grouped(followers, key).values()) {
      const [first] = group
      const to = { addresses: group.map(({ id }) => ({ kind: 'socket', workspace_id, id }) as const) }
      if (first) sockets.push(to, 'room_presence', { data: seen(first) })
    }
  }

  /** What may be shown of each room. One look at the settings of all whom it may name. @param others who may be shown beside them */
  async #looksAt(
    workspaceId: string,
    rooms: readonly RoomPeople[],
    others: readonly string[] = [],
  ): Promise<Looked[]> {
    const ids = new Set(rooms.flatMap(({ user_ids }) => user_ids.slice(0, mostSeen)))
    const settings = await this.#settingsOf(workspaceId, [...ids])
    const looked = rooms.map(({ count, user_ids }) => {
      const seen = user_ids.slice(0, mostSeen)
      const shown = seen.filter((id) => !isHidden(settings.get(id)))
      return {
        count: count <= mostSeen ? shown.length : count,
        user_ids: shown.slice(0, mostNamed),
      }
    })
    const shown = new Set([...others, ...looked.flatMap((one) => one.user_ids)])
    const blocked = await this.#blockedBy(workspaceId, [...shown])
    return looked.map((one) => ({ ...one, blocked }))
  }

  async #settingsOf(workspaceId: string, ids: readonly string[]): Promise<Map<string, UserSettings>> {
    const found = new Map<string, UserSettings>()
    for (let at = 0; at < ids.length; at += readAtOnce)
      for (const one of await this.#parts.users.settings(workspaceId, ids.slice(at, at + readAtOnce)))
        found.set(one.user_id, one)
    return found
  }

  async #blockedBy(workspaceId: string, ids: readonly string[]): Promise<Map<string, Set<string>>> {
    const blocked = new Map<string, Set<string>>()
    for (let at = 0; at < ids.length; at += readAtOnce)
      for (const pair of await this.#pairsOf(workspaceId, ids.slice(at, at + readAtOnce)))
        for (const [one, other] of [
          [pair.user_id, pair.blocked_id],
          [pair.blocked_id, pair.user_id],
        ] as const)
          blocked.set(one, (blocked.get(one) ?? new Set()).add(other))
    return blocked
  }

  /** Asks for fewer people where there may be more pairs of theirs than are read at once. */
  async #pairsOf(workspaceId: string, ids: readonly string[]): Promise<BlockedPair[]> {
    const pairs = await this.#parts.blocks.pairs(workspaceId, ids)
    if (pairs.length < mostPairs || ids.length < 2) return pairs
    const half = Math.ceil(ids.length / 2)
    const halves = [ids.slice(0, half), ids.slice(half)]
    return (await Promise.all(halves.map((some) => this.#pairsOf(workspaceId, some)))).flat()
  }
}

/** Whom somebody has blocked, or who has blocked them, they are not shown. */
function shownTo(userIds: readonly string[], stream: string, { count, user_ids, blocked }: Looked): Shown {
  const room = streamOwner(stream).id
  if (blocked.size === 0) return { room, count, user_ids: [...user_ids] }
  const isUnseen = (id: string): boolean => userIds.some((own) => blocked.get(id)?.has(own))
  const seen = user_ids.filter((id) => !isUnseen(id))
  return { room, count: count - (user_ids.length - seen.length), user_ids: seen }
}

function isTold(told: Told | undefined, { count, user_ids }: Looked): boolean {
  return told?.isLevel === true && told.count === count && told.user_ids.join() === user_ids.join()
}

/** Those who were shown last stay beside others. */
function withTold({ blocked, ...looked }: Looked, told: Pick<Looked, 'count' | 'user_ids'>): Looked {
  const ids = [...new Set([...looked.user_ids, ...told.user_ids])].sort()
  const count = Math.max(looked.count, told.count, ids.length)
  return { count, user_ids: ids.slice(0, mostNamed), blocked }
}
