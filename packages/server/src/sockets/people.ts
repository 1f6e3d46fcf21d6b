import * as z from 'zod/mini'
import type { Nodes } from '../nodes/nodes.ts'
import type { StreamKey } from '../stores/store.ts'
import type { Place } from './place.ts'
import type { Sockets } from './sockets.ts'

/** Who is in a room on one server, or on all. */
export interface RoomPeople {
  readonly count: number
  /** Not more than `mostNamed`. */
  readonly user_ids: readonly string[]
}

interface PeopleParts {
  readonly nodes: Pick<Nodes, 'ask' | 'answer' | 'read' | 'others' | 'hasBus'>
  readonly sockets: Pick<Sockets, 'hasAny' | 'usersIn'>
}

/** Of so many places a question asks at most. */
const askedAtOnce = 1_000
/** Of so few rooms, the answer fits into one message of the bus, however long the ids of their people are. */
const roomsAtOnce = 4
/** Servers of earlier versions ask for so many. */
const mostAnswered = 100
/** How many people of a room a server names. Of larger rooms, people who are on two servers count twice. */
const mostNamed = 1_000

const Text = z.string()
const Places = z.array(z.tuple([Text, Text])).check(z.maxLength(askedAtOnce))
const Indexes = z.array(z.int())
const Rooms = z.array(z.object({ count: z.int(), user_ids: z.array(Text) }))

/** Who is connected, on all servers. Asked whenever it is needed, and kept nowhere. */
export class People {
  readonly #parts: PeopleParts

  constructor(parts: PeopleParts) {
    this.#parts = parts
    const { nodes } = parts
    nodes.answer('users_here', (data) =>
      (nodes.read(Places, data) ?? []).flatMap((place, at) => (this.isHere(place) ? at : [])),
    )
    nodes.answer('people_in', (data) =>
      (nodes.read(Places, data) ?? []).slice(0, mostAnswered).map((place) => this.inRoomHere(place)),
    )
  }

  /** Whether a user is connected to this server. */
  isHere([workspace_id, user_id]: Place): boolean {
    return this.#parts.sockets.hasAny([{ kind: 'user', workspace_id, user_id }])
  }

  /**
   * Which of the users are connected, by their places in the list. `isCertain` is false where not all servers have answered:
   * the rest may be connected there.
   */
  async connected(places: readonly Place[]): Promise<{ found: ReadonlySet<number>; isCertain: boolean }> {
    const answers = await Promise.all(
      chunksOf(places, askedAtOnce).map((some) => this.#ask('users_here', some, Indexes)),
    )
    const elsewhere = answers.flatMap(({ answered }, at) =>
      answered.flat().map((index) => at * askedAtOnce + index),
    )
    const here = places.flatMap((place, at) => (this.isHere(place) ? at : []))
    return { found: new Set([...here, ...elsewhere]), isCertain: answers.every((one) => one.isCertain) }
  }

  /** Who is in each of the rooms; undefined for those of which not all servers have told. */
  async inRooms(places: readonly Place[]): Promise<(RoomPeople | undefined)[]> {
    const answers = await Promise.all(
      chunksOf(places, roomsAtOnce).map(async (some) => {
        const { answered, isCertain } = await this.#ask('people_in', some, Rooms)
        return some.map((place, at) =>
          isCertain
            ? together([this.inRoomHere(place), ...answered.flatMap((one) => one[at] ?? [])])
            : undefined,
        )
      }),
    )
    return answers.flat()
  }

  /** Who is in a room on this server. */
  inRoomHere([workspace_id, stream]: Place): RoomPeople {
    const users = this.#parts.sockets.usersIn({ workspace_id, stream } satisfies StreamKey)
    return { count: users.size, user_ids: [...users].slice(0, mostNamed) }
  }

  async #ask<S extends z.core.$ZodType>(
    question: string,
    places: readonly Place[],
    schema: S,
  ): Promise<{ answered: z.output<S>[]; isCertain: boolean }> {
    const { nodes } = this.#parts
    // Without a bus, servers know nothing of each other's people.
    if (nodes.others.length === 0 || !nodes.hasBus) return { answered: [], isCertain: true }
    const answers = await nodes.ask(question, places)
    const answered = answers.flatMap((answer) => {
      // A server of an earlier version does not know the question.
      const read = answer === null ? undefined : nodes.read(schema, answer)
      return read === undefined ? [] : [read]
    })
    return { answered, isCertain: answers.length >= nodes.others.length }
  }
}

function together(all: readonly RoomPeople[]): RoomPeople {
  const user_ids = new Set(all.flatMap((one) => one.user_ids))
  const isWhole = all.every((one) => one.count === one.user_ids.length)
  const count = isWhole ? user_ids.size : all.reduce((sum, one) => sum + one.count, 0)
  return { count, user_ids: [...user_ids].sort().slice(0, mostNamed) }
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  const chunks: T[][] = []
  for (let at = 0; at < all.length; at += size) chunks.push(all.slice(at, at + size))
  return chunks
}
