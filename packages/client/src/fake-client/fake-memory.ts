import * as protocol from '@dowellchat/protocol'
import * as z from 'zod/mini'

/** Things of one kind that a fake server knows: what the test has answered or pushed, and what the client has made. */
class FakeThings<T extends object> {
  readonly #schema: z.core.$ZodType<T>
  readonly #idOf: (thing: T) => string
  readonly #known = new Map<string, T>()
  /** What was made under a cid, by that. */
  readonly #made = new Map<string, string>()

  constructor(schema: z.core.$ZodType<T>, idOf: (thing: T) => string) {
    this.#schema = schema
    this.#idOf = idOf
  }

  get(id: string): T | undefined {
    return this.#known.get(id)
  }

  all(): T[] {
    return [...this.#known.values()]
  }

  put<One extends T>(thing: One): One {
    this.#known.set(this.#idOf(thing), thing)
    return thing
  }

  remove(id: string): void {
    this.#known.delete(id)
  }

  /** One cid makes one thing, however often it is sent. */
  create(cid: string, make: () => T): T {
    const known = this.#known.get(this.#made.get(cid) ?? '')
    if (known) return known
    const made = this.put(make())
    this.#made.set(cid, this.#idOf(made))
    return made
  }

  /** Knows from now on what an answer or a push has of these things. */
  note(data: unknown): void {
    for (const one of partsOf(data)) {
      const parsed = z.safeParse(this.#schema, one)
      if (parsed.success) this.put(parsed.data)
    }
  }
}

/** What the test sends, its fields, and the items of these. */
function partsOf(data: unknown): unknown[] {
  if (typeof data !== 'object' || data === null) return []
  return [data, ...Object.values(data).flat()]
}

/** All that a fake server knows, but for conversations. */
export class FakeMemory {
  readonly tickets = new FakeThings(protocol.Ticket, ({ _id }) => _id)
  readonly rooms = new FakeThings(protocol.Room, ({ _id }) => _id)
  readonly topics = new FakeThings(protocol.Topic, ({ name }) => name)
  readonly lineManagers = new FakeThings(protocol.LineManager, ({ user_id }) => user_id)
  readonly cannedAnswers = new FakeThings(protocol.CannedAnswer, ({ _id }) => _id)
  readonly users = new FakeThings(protocol.User, ({ user_id }) => user_id)

  note(data: unknown): void {
    const { tickets, rooms, topics, lineManagers, cannedAnswers, users } = this
    for (const things of [tickets, rooms, topics, lineManagers, cannedAnswers, users]) things.note(data)
  }
}
