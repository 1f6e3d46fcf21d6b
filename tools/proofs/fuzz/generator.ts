import { type RequestName, requests } from '../../../packages/protocol/src/index.ts'
import { type V2RequestName, v2Requests } from '../../../packages/protocol/src/v2/index.ts'
import { type Names, samplesOf, v2SampleOf } from '../../../packages/server/tests/support/sample-payloads.ts'
import { pick, type Random } from '../stores/random.ts'
import { hostileText, hostileValue } from './hostile-values.ts'
import { mutated, scratched } from './mutate.ts'

export type Dialect = 'current' | 'v2'
export type Frame = string | Buffer

const currentNames = Object.keys(requests) as RequestName[]
const v2Names = Object.keys(v2Requests) as V2RequestName[]
// As in real traffic.
const messages = ['message_event', 'ticket_message_event'] as const
const users = Array.from({ length: 8 }, (_, n) => `u${n}`)
const rooms = Array.from({ length: 8 }, (_, n) => `r${n}`)
const topics = ['sales', 'billing', 'other']

/** Generates the frames of a connection, the same ones for the same random numbers. */
export class Generator {
  readonly #random: Random
  /** Ids that the server has answered with, of tickets, calls, rooms, messages and keys. */
  readonly #learned: string[] = []
  /** Makes the cids of two connections differ. */
  readonly #salt: string
  #cids = 0

  constructor(random: Random) {
    this.#random = random
    this.#salt = Math.floor(random() * 0xffffff)
      .toString(16)
      .padStart(6, '0')
  }

  /** Remembers ids of an answer, so that later frames are about what exists. */
  learn(frame: string): void {
    const [, id] = /"(?:_id|room|callId|ticket_id|invite)":"([^"\\]{8,64})"/.exec(frame.slice(0, 2_000)) ?? []
    if (id === undefined) return
    if (this.#learned.length < 64) this.#learned.push(id)
    else this.#learned[Math.floor(this.#random() * 64)] = id
  }

  /** Ten frames: six mutated ones, three of the grammar and one of bytes. The last ones most often close the connection. */
  round(dialect: Dialect): Frame[] {
    return [
      ...Array.from({ length: 6 }, () => this.#mutatedFrame(dialect)),
      ...Array.from({ length: 3 }, () => this.#grammarFrame(dialect)),
      this.#bytes(),
    ]
  }

  /** Six of ten are valid, but for the ids that they name and odd texts; the others are damaged. */
  #mutatedFrame(dialect: Dialect): string {
    const random = this.#random
    const [event, payload] = this.#request(dialect)
    const kind = random()
    if (kind < 0.45) return this.#eventFrame(event, payload)
    if (kind < 0.6) return this.#eventFrame(event, withText(payload, hostileText(random)))
    if (kind < 0.85)
      return this.#eventFrame(event, mutated(random, payload, [...users, ...rooms, ...this.#learned]))
    if (kind < 0.93) return this.#eventFrame(this.#request(dialect)[0], payload)
    return scratched(random, this.#eventFrame(event, payload))
  }

  #request(dialect: Dialect): [event: string, payload: object] {
    const random = this.#random
    if (dialect === 'v2') {
      const name = random() < 0.3 ? pick(random, messages) : pick(random, v2Names)
      return [name, { workspace_id: 'fuzz', ...v2SampleOf(name, this.#names()) }]
    }
    const name = random() < 0.3 ? pick(random, messages) : pick(random, currentNames)
    return [name, pick(random, samplesOf(name, this.#names(), this.#cid()))]
  }

  #eventFrame(event: string, ...payload: unknown[]): string {
    const random = this.#random
    const acknowledgement = random() < 0.7 ? Math.floor(random() * 1_000) : ''
    return `42${acknowledgement}${JSON.stringify([event, ...payload])}`
  }

  /** What engine.io and socket.io could mean, put together at random. */
  #grammarFrame(dialect: Dialect): string {
    const random = this.#random
    const engine = random() < 0.85 ? '4' : pick(random, ['0', '1', '2', '3', '5', '6', 'b', '9', ''])
    const type = random() < 0.8 ? '2' : pick(random, ['0', '1', '3', '4', '5', '6', '7', '51-', '5999-', ''])
    const namespace = random() < 0.95 ? '' : pick(random, ['/,', '/admin,', '/__proto__,', '/x?y=1,', '/'])
    const id = pick(random, ['', '', '0', '7', '999', '1e3', '-1', '99999999999999999999'])
    const name = random() < 0.85 ? this.#request(dialect)[0] : hostileValue(random)
    const payload = random() < 0.5 ? this.#request(dialect)[1] : this.#anyJson(0)
    const args = [name, payload, ...(random() < 0.1 ? [hostileValue(random)] : [])]
    const text = random() < 0.9 ? JSON.stringify(args) : JSON.stringify(this.#anyJson(0))
    return `${engine}${type}${namespace}${id}${random() < 0.95 ? text : text.slice(0, random() * text.length)}`
  }

  #anyJson(depth: number): unknown {
    const random = this.#random
    if (depth > 3 || random() < 0.4) return hostileValue(random)
    const size = Math.floor(random() * 4)
    if (random() < 0.3) return Array.from({ length: size }, () => this.#anyJson(depth + 1))
    return Object.fromEntries(
      Array.from({ length: size }, () => [pick(random, fieldNames), this.#anyJson(depth + 1)]),
    )
  }

  #bytes(): Frame {
    const random = this.#random
    const size = random() < 0.02 ? 60_000 + Math.floor(random() * 10_000) : Math.floor(random() * 200)
    const bytes = Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)))
    if (random() < 0.3) return bytes
    const text = bytes.toString('latin1')
    return random() < 0.5 ? `4${text}` : `42["${text}`
  }

  #names(): Names {
    const random = this.#random
    const id = (): string => (this.#learned.length > 0 ? pick(random, this.#learned) : 'x')
    const room = random() < 0.7 ? pick(random, rooms) : id()
    return {
      ...{
        user: pick(random, users),
        socket: pick(random, users),
        room,
        call: id(),
        ticket: id(),
        message: id(),
        upload: id(),
      },
      ...{
        epoch: id(),
        topic: pick(random, topics),
        key: id(),
        audit: id(),
        members: random() < 0.5 ? '~x' : id(),
      },
      invite: '~x.y',
    }
  }

  /** Every tenth is that of an earlier request. */
  #cid(): string {
    const random = this.#random
    if (random() < 0.9) this.#cids += 1
    return `019b7e00-0000-7000-8000-${this.#salt}${this.#cids.toString(16).padStart(6, '0')}`
  }
}

/** The samples' texts are all `x`. */
function withText(payload: object, text: string): object {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [name, value === 'x' ? text : value]),
  )
}

const fieldNames = [
  'room',
  'room_id',
  'message_data',
  'cid',
  'user_id',
  'ticket_id',
  'product',
  'limit',
  'before',
  'position',
  'stream',
  'members',
  '__proto__',
  'x',
]
