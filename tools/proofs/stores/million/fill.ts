import { randomUUID } from 'node:crypto'
import type { Position, Ticket } from '../../../../packages/protocol/src/index.ts'
import type { Store } from '../../../../packages/server/src/stores/store.ts'
import { again } from '../again.ts'
import { makeDraft, makeTicket, roomKey, workspace } from '../drafts.ts'
import { type Random, seeded } from '../random.ts'

/** Half of all messages are in one room, the rest in rooms of a thousand. */
const bigRoom = 'agora'
const smallRoomMessages = 1_000
/** As many as the server appends in one batch. */
const batchSize = 200
const batchesInFlight = 2
const managers = 10
/** Few, because the stand-in for MongoDB reads a whole collection to change one row. */
const ticketsInFlight = 8
const openShare = 0.1

/** The place of a message to read at, picked while it was written. */
export interface Place {
  readonly room: string
  readonly nth: number
  readonly position: Position
}

export interface Filled {
  readonly messages: number
  readonly tickets: readonly Ticket[]
  readonly fillSeconds: number
  /** Messages picked evenly from the whole workspace. */
  readonly places: readonly Place[]
  readonly random: Random
}

export interface Amount {
  readonly messages: number
  readonly tickets: number
  /** How many messages are picked. */
  readonly reads: number
}

/** Writes a workspace full of messages and tickets through the store itself. */
export async function fill(store: Store, size: Amount): Promise<Filled> {
  const random = seeded(20_261_126)
  const start = performance.now()
  const places: Place[] = []
  const share = size.reads / size.messages
  await eachOf(batchesOf(size.messages), batchesInFlight, async ({ room, count }) => {
    const drafts = Array.from({ length: count }, (_, at) => makeDraft(`user ${at % 20}`))
    const { value, retries } = await again(() => store.streams.append(roomKey(room), drafts))
    const { epoch, appended } = value
    for (const one of appended) {
      // After a retry, the unanswered try may have appended them.
      if (!('placed' in one) || (!one.created && retries === 0)) throw new Error('A draft was not appended')
      const { seq, nth, _id: id } = one.placed
      if (random() < share) places.push({ room, nth, position: { epoch, seq, id } })
    }
  })
  const fillSeconds = (performance.now() - start) / 1_000
  const tickets = await fillTickets(store, size.tickets, random)
  return { messages: size.messages, tickets, fillSeconds, places, random }
}

interface Batch {
  readonly room: string
  readonly count: number
}

/** Alternates between rooms, so that the batches in flight are of different rooms, as on a server. */
function* batchesOf(messages: number): Generator<Batch> {
  for (let done = 0; done < messages / 2; done += batchSize) {
    yield { room: bigRoom, count: batchSize }
    yield { room: `room ${Math.floor(done / smallRoomMessages)}`, count: batchSize }
  }
}

async function fillTickets(store: Store, count: number, random: Random): Promise<Ticket[]> {
  for (let n = 1; n <= managers; n += 1) {
    const made = { cid: randomUUID(), fingerprint: 'as sent', client_created_at: null, created_by: 'admin' }
    const rank = { positions_in_a_line: n, average_serving_time: 5, capacity: null }
    await store.lineManagers.create({ workspace_id: workspace, user_id: `manager ${n}`, ...rank, ...made })
  }
  const tickets: Ticket[] = []
  const numbers = Array.from({ length: count }, (_, at) => at)
  await eachOf(numbers, ticketsInFlight, async (n) => {
    const ticket = makeTicket(`user ${n % 500}`, `topic_${n % 5}`)
    const { value: created } = await again(() => store.tickets.create(ticket))
    if (!('row' in created)) throw new Error('A ticket was not stored')
    tickets.push(created.row)
    const { _id } = created.row
    if (random() >= openShare) await again(() => store.tickets.close(workspace, _id, 'manager 1'))
  })
  return tickets
}

/** Runs the work for each item, with so many under way at a time. */
async function eachOf<Item>(
  items: Iterable<Item>,
  atATime: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const run = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: atATime }, run))
}
