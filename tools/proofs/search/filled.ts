import { randomUUID } from 'node:crypto'
import { roomStream, ticketStream } from '../../../packages/protocol/src/stream-names.ts'
import type { MessageDraft, Store, StreamKey } from '../../../packages/server/src/stores/store.ts'
import { pick, type Random } from '../stores/random.ts'
import { textOf, type Vocabulary } from './texts.ts'

export const workspace_id = 'demo'
const at = '2026-01-01T00:00:00.000Z'
const appendedTogether = 100
const underWay = 20
const enteredTogether = 200
/** Each so many-th message is in a ticket. */
const inTickets = 5

/** How much there is. */
export interface Filling {
  readonly messages: number
  readonly rooms: number
  readonly tickets: number
  readonly authors: number
}

/** Somebody, and in how many of the rooms they are. */
export interface Searcher {
  readonly user_id: string
  readonly role: 'customer' | 'agent'
  readonly rooms: number
}

function draftOf(random: Random, vocabulary: Vocabulary, authors: number, ticket?: string): MessageDraft {
  const author = `author ${Math.floor(random() * authors)}`
  return {
    cid: randomUUID(),
    fingerprint: '',
    kind: 'text',
    message_data: textOf(random, vocabulary),
    author,
    ...{ display_name: author, reply_to: null, client_created_at: null, sid: null },
    ...(ticket !== undefined && { ticket_id: ticket, product: 'help' }),
  }
}

/** Writes messages to rooms, of which some have many and most have few, and to tickets. */
export async function fill(
  store: Store,
  random: Random,
  vocabulary: Vocabulary,
  { messages, rooms, tickets, authors }: Filling,
): Promise<void> {
  const ids: string[] = []
  for (let n = 0; n < tickets; n++) {
    const made = { cid: randomUUID(), fingerprint: '', client_created_at: null }
    const ticket = { workspace_id, user_id: `author ${n % authors}`, display_name: null, product: 'help' }
    const creation = await store.tickets.create({ ...ticket, ...made })
    if ('row' in creation) ids.push(creation.row._id)
  }
  for (let written = 0; written < messages; ) {
    const some: Promise<unknown>[] = []
    for (let n = 0; n < underWay && written < messages; n++, written += appendedTogether) {
      const ticket = random() * inTickets < 1 ? pick(random, ids) : undefined
      const room = `r${Math.floor(random() * random() * rooms)}`
      const stream = ticket === undefined ? roomStream(room) : ticketStream(ticket)
      const count = Math.min(appendedTogether, messages - written)
      const drafts = Array.from({ length: count }, () => draftOf(random, vocabulary, authors, ticket))
      some.push(store.streams.append({ workspace_id, stream }, drafts))
    }
    await Promise.all(some)
  }
}

/** Puts every so many-th room on somebody's list. */
export async function enter(store: Store, searcher: Searcher, rooms: number): Promise<void> {
  const step = Math.max(1, Math.floor(rooms / searcher.rooms))
  const streams = Array.from({ length: searcher.rooms }, (_, n) => roomStream(`r${(n * step) % rooms}`))
  for (let n = 0; n < streams.length; n += enteredTogether)
    await store.readers.enter(
      workspace_id,
      streams.slice(n, n + enteredTogether).map((stream) => ({
        ...{ user_ids: [searcher.user_id], stream, at, end: { nth: 0, seq: 0 } },
      })),
    )
}

/** Indexes everything; answers how many seconds that took. */
export async function indexAll(store: Store): Promise<number> {
  const startedAt = performance.now()
  await store.search.prepare(workspace_id)
  for (let from: string | null = ''; from !== null; ) {
    const behind = await store.search.behind(workspace_id, from)
    let left: StreamKey[] = behind.streams.map((stream) => ({ workspace_id, stream }))
    while (left.length > 0) left = await store.search.index(left)
    from = behind.next
  }
  await store.search.complete(workspace_id)
  // As the server does behind it, and once an hour.
  while (await store.search.tidy());
  return (performance.now() - startedAt) / 1_000
}
