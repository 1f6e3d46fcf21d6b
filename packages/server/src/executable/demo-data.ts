import { ticketStream } from '@dowellchat/protocol'
import type { Store, UserSeen } from '../stores/store.ts'
import { cidOf, draftOf, made, type PersonId, people, workspace_id } from './demo-rows.ts'
import { fillLobby } from './demo-talk.ts'

const agents: readonly PersonId[] = ['meg-ortiz', 'sam-lindqvist']
const topics = ['orders', 'delivery', 'returns', 'something_else']

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

async function createAgent({ lineManagers }: Store, user_id: PersonId, position: number): Promise<void> {
  await lineManagers.create({
    ...made(cidOf('b', position)),
    workspace_id,
    created_by: 'ruth-adler',
    user_id,
    positions_in_a_line: position,
    average_serving_time: 5,
    // Few, so that there soon is a line to see.
    capacity: 3,
  })
  // Not there until somebody enters as them: what a visitor asks comes to whoever sits at the desk.
  await lineManagers.attend(workspace_id, user_id, { is_connected: false, at: new Date().toISOString() })
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
