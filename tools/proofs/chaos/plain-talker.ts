import { randomUUID } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import type { Link } from '../../../packages/server/src/testing/index.ts'
import { Heard } from './heard.ts'
import { type List, noList, type Place, type Sent, type Talker } from './talker.ts'

interface Answer {
  readonly status: 'success' | 'failure'
  readonly data: unknown
}

/** An entry as far as it is looked at. */
interface HeardEntry extends Place {
  readonly type: string
}

const answerMs = 10_000

/**
 * Somebody on plain socket.io, as it comes: it reconnects by itself, joins again, and sends each message once. It hears what
 * is said while it is connected.
 */
export class PlainTalker implements Talker {
  readonly kind = 'plain'
  readonly heard: ReadonlyMap<string, Heard>
  readonly sent: Sent[] = []
  readonly user: string
  readonly link: Link
  readonly #socket: Socket
  #underWay = 0

  constructor(user: string, rooms: readonly string[], link: Link, auth: Readonly<Record<string, unknown>>) {
    this.user = user
    this.link = link
    this.heard = new Map(rooms.map((room) => [room, new Heard()]))
    const handshake = { ...auth, protocol: 1, device_id: randomUUID() }
    this.#socket = io(link.url, { forceNew: true, transports: ['websocket'], auth: handshake })
    this.#socket.on('connect', () => {
      for (const room of rooms) this.#socket.emit('join', { room, limit: 1 }, () => undefined)
    })
    this.#socket.on('entries', ({ stream, entries }: { stream: string; entries: readonly HeardEntry[] }) => {
      const heard = this.heard.get(stream.slice('room:'.length))
      for (const { nth, _id, type } of entries) if (type === 'message') heard?.ids.set(nth, _id)
    })
  }

  get isIdle(): boolean {
    return this.#underWay === 0
  }

  say(room: string, text: string): void {
    const sent: Sent = { room, text, outcome: null }
    this.sent.push(sent)
    if (!this.#socket.connected) {
      sent.outcome = { problem: 'There is no connection' }
      return
    }
    this.#underWay += 1
    const payload = { room_id: room, message_data: text, cid: randomUUID() }
    this.#socket.timeout(answerMs).emit('message_event', payload, (error: Error | null, answer?: Answer) => {
      this.#underWay -= 1
      const isStored = !error && answer?.status === 'success'
      sent.outcome = isStored ? (answer.data as Place) : { problem: error?.message ?? String(answer?.data) }
    })
  }

  shown(): List {
    return noList
  }

  close(): void {
    this.#socket.disconnect()
  }
}
