import { roomStream, ticketStream } from '@dowellchat/protocol'
import type { MessageDraft, Store, StreamKey, UserSeen } from '../stores/store.ts'

const workspace_id = 'demo'

/** The people whom the demo's first page offers too. */
const people = {
  'ann-keller': 'Ann Keller',
  'ben-okafor': 'Ben Okafor',
  'meg-ortiz': 'Meg Ortiz',
  'sam-lindqvist': 'Sam Lindqvist',
  'ruth-adler': 'Ruth Adler',
} as const
type PersonId = keyof typeof people

const agents: readonly PersonId[] = ['meg-ortiz', 'sam-lindqvist']
const topics = ['orders', 'delivery', 'returns', 'something_else']

const lobby: StreamKey = { workspace_id, stream: roomStream('lobby') }
const talk: readonly (readonly [PersonId, string])[] = [
  ['ruth-adler', 'Welcome! Customers, support and I are all in this room.'],
  ['ann-keller', 'Hello! Is the spring catalogue out yet?'],
  ['meg-ortiz', 'Since Monday. It is on the front page of the shop.'],
  ['ben-okafor', 'I like the new bags. Do they come in green?'],
  ['meg-ortiz', 'From next week on. Shall I put one aside for you?'],
  ['ben-okafor', 'Yes please, the small one.'],
]
const question = ['ben-okafor', 'My parcel was due on Monday. Can you see where it is?'] as const

/**
 * Fills the workspace `demo` of a new store: people, topics, line managers, a room with a short talk, and a ticket. Does nothing
 * where people have set up topics of their own. Each row has a fixed cid, so that a start that was interrupted is
 * completed by the next one, and two servers that start at once make each row once.
 */
export async function fillDemo(store: Store): Promise<void> {
  const names = (await store.topics.list(workspace_id)).map(({ name }) => name)
  const isFilled = topics.every((name) => names.includes(name))
  if (isFilled || names.some((name) => !topics.includes(name))) return
  await store.users.see(workspace_id, usersAt(new Date().toISOString()))
  await fillLobby(store)
  for (const [at, user_id] of agents.entries()) await createAgent(store, user_id, at + 1)
  await openTicket(store)
  // Last, because they say that all is there.
  for (const [at, name] of topics.entries()) await createTopic(store, name, at)
}

function usersAt(at: string): UserSeen[] {
  return Object.entries(people).map(([user_id, name]) => ({ user_id, name, picture: null, at }))
}

async function fillLobby({ streams }: Store): Promise<void> {
  const drafts = talk.map(([author, text], at) => draftOf(author, text, cidOf('a', at)))
  const [first] = drafts
  // Somebody has already talked here, before there was any of this.
  if (first && (await streams.head(lobby)) > 0 && !(await streams.has(lobby, first.author, first.cid))) return
  await streams.append(lobby, drafts)
}

async function createAgent({ lineManagers }: Store, user_id: PersonId, position: number): Promise<void> {
  await lineManagers.create({
    ...made(cidOf('b', position)),
    workspace_id,
    created_by: 'ruth-adler',
    user_id,
    positions_in_a_line: position,
    average_serving_time: 5,
    capacity: null,
  })
}

async function openTicket({ tickets, streams }: Store): Promise<void> {
  const [user_id, text] = question
  const product = 'delivery'
  const ticket = { ...made(cidOf('c', 0)), workspace_id, user_id, display_name: people[user_id], product }
  const created = await tickets.create(ticket)
  if (!('row' in created)) return
  const { _id: ticket_id } = created.row
  const draft = { ...draftOf(user_id, text, cidOf('c', 1)), ticket_id, product }
  await streams.append({ workspace_id, stream: ticketStream(ticket_id) }, [draft])
}

async function createTopic(store: Store, name: string, at: number): Promise<void> {
  await store.topics.create({ ...made(cidOf('d', at)), workspace_id, user_id: 'ruth-adler', name })
}

function draftOf(author: PersonId, message_data: string, cid: string): MessageDraft {
  const from = { author, display_name: people[author] }
  return { ...made(cid), ...from, kind: 'text', message_data, reply_to: null, sid: null }
}

function made(cid: string) {
  return { cid, fingerprint: 'demo', client_created_at: null }
}

/** A UUID that is the same at each start; `group` is a hexadecimal digit. */
function cidOf(group: string, at: number): string {
  return `de300000-0000-4000-8000-${group}${String(at).padStart(11, '0')}`
}
