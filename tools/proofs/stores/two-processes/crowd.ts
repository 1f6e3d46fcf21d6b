import type { Message } from '../../../../packages/protocol/src/index.ts'
import { makeCid } from '../../bench/ids.ts'
import { Findings } from '../kills/findings.ts'
import { History } from '../kills/history.ts'
import type { Person } from '../person.ts'
import type { ServerProcess } from '../server-process.ts'

const room = 'agora'
const inFlight = 64
const senders = ['ada', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal'] as const

interface Sent {
  readonly author: string
  readonly cid: string
  isRetried: boolean
}

/** Connects eight people to one server. */
export function connectAll(server: ServerProcess): Promise<Person[]> {
  return Promise.all(senders.map((name) => server.connect(name)))
}

/** Sends the messages of all people, and checks what is stored. */
export class Crowd {
  readonly findings = new Findings()
  /** The sent messages; those of each sender are in their order. */
  readonly sent: Sent[] = []
  readonly #answers: Message[] = []
  retries = 0

  constructor() {
    this.findings.where = 'two processes'
  }

  /** Sends so many messages; resolves to the messages per second. */
  async send(people: readonly Person[], count: number): Promise<number> {
    const start = performance.now()
    let left = count
    const run = async (person: Person): Promise<void> => {
      while (left > 0) {
        left -= 1
        const sent: Sent = { author: person.user_id, cid: makeCid(), isRetried: false }
        this.sent.push(sent)
        const payload = { room_id: room, message_data: `from ${person.user_id}`, cid: sent.cid }
        const answer = await this.insist<Message>(person, 'message_event', payload, () => {
          sent.isRetried = true
        })
        this.#answers.push(answer)
      }
    }
    const ofEach = inFlight / people.length
    await Promise.all(people.flatMap((person) => Array.from({ length: ofEach }, () => run(person))))
    return count / ((performance.now() - start) / 1_000)
  }

  /** Repeats a request that failed because the other process was faster too often. */
  async insist<Data>(
    person: Person,
    event: string,
    payload: object,
    onRetry: () => void = () => {},
  ): Promise<Data> {
    for (;;) {
      const answer = await person.ask<Data>(event, payload)
      if (answer.status === 'success') return answer.data
      if (!answer.error.retryable) throw new Error(`${event}: ${answer.error.code}, ${answer.data}`)
      this.retries += 1
      onRetry()
    }
  }

  /** Checks that all readers, at either server, find all messages in the same order, without holes and doubles. */
  async check(readers: readonly Person[]): Promise<void> {
    const histories: History[] = []
    for (const reader of readers) {
      const history = new History(room)
      await history.readOn(reader, this.findings)
      histories.push(history)
    }
    for (const { byCid, entries } of histories) {
      for (const answer of this.#answers) {
        const isSame = JSON.stringify(byCid.get(answer.cid)) === JSON.stringify(answer)
        this.findings.expect(
          isSame,
          'missing',
          () => `acknowledged, not stored so: ${JSON.stringify(answer)}`,
        )
      }
      this.findings.expect(entries.length === this.sent.length, 'doubled', () => {
        return `the room has ${entries.length} messages of ${this.sent.length} that were sent`
      })
    }
    for (const history of histories.slice(0, 1)) this.#checkOrder(history)
  }

  /** Checks that each sender's messages are in the order in which they were sent, except those that were sent again. */
  #checkOrder({ byCid }: History): void {
    const last = new Map<string, number>()
    for (const { author, cid, isRetried } of this.sent) {
      if (isRetried) continue
      const seq = byCid.get(cid)?.seq ?? 0
      this.findings.expect(
        seq > (last.get(author) ?? 0),
        'altered',
        () => `${cid} of ${author} was overtaken`,
      )
      last.set(author, seq)
    }
  }
}
