import { randomUUID } from 'node:crypto'
import { ask, connectAs } from '../bench/cells/ask.ts'
import { makeCid } from '../bench/ids.ts'
import type { RawSocket } from '../bench/raw-socket.ts'
import type { Contestant } from '../bench/servers.ts'
import type { Moment, TeamRoom } from './day.ts'

const text = 'The quick brown fox jumps over the lazy dog, then does it again to reach a hundred letters'

interface Entries {
  readonly stream: string
  readonly entries: readonly {
    readonly _id: string
    readonly seq: number
    readonly nth?: number | undefined
  }[]
}

/** How far a device has a room. */
interface Had {
  readonly epoch: string
  seq: number
  id: string | null
  nth: number
}

interface Sent {
  readonly seq: number
  readonly nth: number
  readonly _id: string
}

/** What all devices of a day share. */
export interface Wire {
  read: number
  written: number
  pushes: number
}

/** A device that does one thing after the other, and holds what it is sent against what it has to be sent. */
export class Device {
  readonly #server: Contestant
  readonly #person: number
  readonly #name: string
  readonly #id = randomUUID()
  readonly #rooms: readonly TeamRoom[]
  readonly #wire: Wire
  #socket: RawSocket | undefined
  /** It goes on from there when it comes back. */
  readonly #had = new Map<string, Had>()
  /** What was pushed of rooms whose page is not read yet. */
  readonly #early = new Map<string, Entries[]>()
  readonly #last = new Map<TeamRoom, Sent>()
  #doing: Promise<void> = Promise.resolve()

  constructor(server: Contestant, person: number, name: string, rooms: readonly TeamRoom[], wire: Wire) {
    this.#server = server
    this.#person = person
    this.#name = name
    this.#rooms = rooms
    this.#wire = wire
  }

  /** What its connection has carried so far. */
  get bytes(): RawSocket['bytes'] {
    return this.#socket?.bytes ?? { read: 0, written: 0 }
  }

  /** How far it has a room; undefined where it has none of it. */
  seqOf({ name }: TeamRoom): number | undefined {
    return this.#had.get(`room:${name}`)?.seq
  }

  /** Does it behind what it is doing. */
  do(moment: Pick<Moment, 'deed' | 'room'>): Promise<void> {
    this.#doing = this.#doing.then(() => this.#do(moment))
    return this.#doing
  }

  async #do({ deed, room }: Pick<Moment, 'deed' | 'room'>): Promise<void> {
    if (deed === 'connect') await this.#connect()
    else if (deed === 'drop') this.#drop()
    else if (room) await this.#doIn(room, deed)
  }

  async #connect(): Promise<void> {
    const socket = await connectAs(this.#server, this.#person, { device_id: this.#id })
    this.#socket = socket
    socket.onPush = (frame) => this.#take(frame)
    if (!this.#server.isBare) await ask(socket, 'get_rooms', {})
    for (const { name } of this.#rooms) await this.#join(socket, name)
  }

  async #join(socket: RawSocket, room: string): Promise<void> {
    const stream = `room:${room}`
    const had = this.#had.get(stream)
    this.#early.set(stream, [])
    for (let isMore = true; isMore; ) {
      const position = had && { position: { epoch: had.epoch, seq: had.seq, id: had.id } }
      const page = await ask(socket, 'join', { room, ...position })
      if (this.#server.isBare) return
      if (had) this.#expectNext(page)
      else this.#had.set(stream, { epoch: page.epoch, ...page.head })
      // Without a position, more are only older ones.
      isMore = had !== undefined && page.more
    }
    for (const told of this.#early.get(stream) ?? []) this.#expectNext(told)
    this.#early.delete(stream)
  }

  #drop(): void {
    if (!this.#socket) return
    const { read, written } = this.bytes
    this.#wire.read += read
    this.#wire.written += written
    this.#socket.close()
    this.#socket = undefined
  }

  async #doIn(room: TeamRoom, deed: Moment['deed']): Promise<void> {
    const socket = this.#socket
    if (!socket) throw new Error(`${this.#name} is not connected`)
    const stream = `room:${room.name}`
    const last = this.#last.get(room)
    const target = { stream, seq: last?.seq ?? 1, message_id: last?._id ?? text }
    if (deed === 'type') await ask(socket, 'typing', { stream, is_typing: true })
    else if (deed === 'say') {
      const message = { room_id: room.name, message_data: text, cid: makeCid() }
      this.#last.set(room, (await ask(socket, 'message_event', message)) as Sent)
    } else if (deed === 'read')
      await ask(socket, 'mark_read', { stream, nth: this.#had.get(stream)?.nth ?? 0 })
    else if (deed === 'search') {
      if (!this.#server.isBare) await ask(socket, 'search', { text: 'quick brown', rooms: [room.name] })
    } else if (!last && !this.#server.isBare) return
    // A bare server passes on an edit like a reaction.
    else if (deed === 'edit' && !this.#server.isBare)
      await ask(socket, 'edit_message', { ...target, message_data: `${text}!`, cid: makeCid() })
    else await ask(socket, 'react', { ...target, reaction: '👍', cid: makeCid() })
  }

  #take(frame: Buffer): void {
    this.#wire.pushes += 1
    if (frame.indexOf('["entries",') < 0) return
    const [, told] = JSON.parse(frame.toString('utf8', frame.indexOf('['))) as [string, Entries]
    const early = this.#early.get(told.stream)
    if (early) early.push(told)
    else this.#expectNext(told)
  }

  /** Every entry comes once and in its order, whether it was pushed or fetched. */
  #expectNext({ stream, entries }: Entries): void {
    const had = this.#had.get(stream)
    if (!had) return
    for (const { _id, seq, nth = 0 } of entries) {
      if (seq !== had.seq + 1) throw new Error(`${this.#name} got entry ${seq} of ${stream} after ${had.seq}`)
      had.seq = seq
      had.id = _id
      had.nth = Math.max(had.nth, nth)
    }
  }
}
