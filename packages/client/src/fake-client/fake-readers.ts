import { roomStream } from '@dowellchat/protocol'
import type { DataOf, ListedRoom, Message, Reader } from '../entities.ts'
import type { FakeRooms } from './fake-rooms.ts'
import type { FakeWorld } from './fake-world.ts'
import { sampleTime } from './sample.ts'

type Kept = Omit<Reader, 'unread' | 'mentions'>
type Flags = Partial<Pick<Reader, 'is_muted' | 'is_pinned' | 'is_archived'>>

interface ReaderWorld extends FakeWorld {
  readonly rooms: Pick<FakeRooms, 'room' | 'peers'>
}

const mostCounted = 1_000
const usualLimit = 50

/** The user's marks and list of rooms: the rooms that they have joined, written to or made. */
export class FakeReaders {
  readonly #world: ReaderWorld
  readonly #kept = new Map<string, Kept>()
  readonly #rooms = new Set<string>()

  constructor(world: ReaderWorld) {
    this.#world = world
  }

  /** Puts a room on the list. */
  list(room: string): void {
    this.#rooms.add(room)
    if (!this.#kept.has(roomStream(room))) this.#mark(roomStream(room), this.#head(roomStream(room)).nth)
  }

  unlist(room: string): void {
    this.#rooms.delete(room)
    this.#kept.delete(roomStream(room))
  }

  /** What follows a message: its author has read it, and the list has it. */
  onMessage({ stream, author, nth }: Message): void {
    if (author === this.#world.user_id) this.#mark(stream, nth)
    const room = stream.slice(stream.indexOf(':') + 1)
    if (!stream.startsWith('room:') || !this.#rooms.has(room)) return
    const last = this.#world.streams.messages(stream).at(-1) ?? null
    this.#world.push('room_activity', { rooms: [{ room, head: this.#head(stream), last }] })
  }

  get_rooms = ({
    before,
    limit = usualLimit,
    is_archived = false,
  }: {
    before?: string
    limit?: number
    is_archived?: boolean
  }): DataOf<'get_rooms'> => {
    const all = [...this.#rooms].map((room) => this.#listed(this.#world.rooms.room(room)))
    const shown = all.filter(({ reader }) => reader.is_archived === is_archived).sort(compare)
    const rest = shown.slice(shown.findIndex(({ _id }) => _id === before) + 1)
    return { rooms: rest.slice(0, limit), more: rest.length > limit }
  }

  get_unread = (): DataOf<'get_unread'> => {
    const { rooms } = this.get_rooms({ limit: 100 })
    const counted = rooms.filter(({ reader }) => !reader.is_muted && reader.unread > 0)
    const sum = (of: 'unread' | 'mentions') => counted.reduce((total, { reader }) => total + reader[of], 0)
    return { unread: sum('unread'), mentions: sum('mentions'), rooms: counted.length, more: false }
  }

  keep_room = ({ room, ...flags }: { room: string } & Flags): Reader => {
    const stream = roomStream(room)
    if (!this.#rooms.has(room)) this.#world.refuse('not_found', `Room ${room} is not in your list`)
    return this.#change(stream, flags)
  }

  mark_read = ({ stream, nth }: { stream: string; nth: number }): Reader => {
    const read = Math.min(nth, this.#head(stream).nth)
    return this.#change(stream, { nth: Math.max(read, this.#keptOf(stream).nth) })
  }

  mark_unread = ({ stream, nth }: { stream: string; nth: number }): Reader =>
    this.#change(stream, { nth: Math.min(Math.max(0, nth - 1), this.#keptOf(stream).nth) })

  #head(stream: string) {
    return this.#world.streams.head(stream)
  }

  #keptOf(stream: string): Kept {
    const flags = { is_muted: false, is_pinned: false, is_archived: false }
    return this.#kept.get(stream) ?? { stream, nth: 0, ...flags, version: 0 }
  }

  #mark(stream: string, nth: number): void {
    const kept = this.#keptOf(stream)
    this.#kept.set(stream, { ...kept, nth: Math.max(kept.nth, nth), version: kept.version + 1 })
  }

  /** Changes what is named, and says so. */
  #change(stream: string, changes: Partial<Kept>): Reader {
    const kept = this.#keptOf(stream)
    const isSame = Object.entries(changes).every(([name, value]) => kept[name as keyof Kept] === value)
    if (isSame) return this.#reader(stream)
    this.#kept.set(stream, { ...kept, ...changes, version: kept.version + 1 })
    const data = this.#reader(stream)
    this.#world.push('reader_changed', { data })
    return data
  }

  unreadIn(stream: string): number {
    return this.#reader(stream).unread
  }

  #reader(stream: string): Reader {
    const { streams, user_id } = this.#world
    const kept = this.#keptOf(stream)
    const after = streams.messages(stream).slice(kept.nth)
    const unread = after.slice(0, mostCounted).filter(({ author }) => author !== user_id)
    const mentions = unread.filter((one) => one.mentions?.some((mention) => mention.user_id === user_id))
    return { ...kept, unread: unread.length, mentions: mentions.length }
  }

  #listed(room: ReturnType<FakeRooms['room']>): ListedRoom {
    const stream = roomStream(room._id)
    const last = this.#world.streams.messages(stream).at(-1) ?? null
    const active_at = last?.created_at ?? room.created_at ?? sampleTime
    const peers = this.#world.rooms.peers(room)
    return { ...room, head: this.#head(stream), last, active_at, peers, reader: this.#reader(stream) }
  }
}

function compare(a: ListedRoom, b: ListedRoom): number {
  if (a.reader.is_pinned !== b.reader.is_pinned) return a.reader.is_pinned ? -1 : 1
  return a.active_at === b.active_at ? 0 : a.active_at > b.active_at ? -1 : 1
}
