import { expect, it, onTestFinished } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { authOf, openChat } from '../testing/chat.ts'

/** Two admins, whose answers and pushes come in frames that one turn may read. */
async function twoAdmins(): Promise<[ChatClient, ChatClient]> {
  const { server } = await openChat()
  const open = async (user_id: string): Promise<ChatClient> => {
    const auth = { ...authOf(user_id), role: 'admin' as const }
    const client = createChatClient({ url: server.url, transports: ['websocket'], auth })
    onTestFinished(() => client.close())
    client.connect()
    await client.ready()
    return client
  }
  return [await open('ann'), await open('ben')]
}

/** Lets both change one thing at the same time, and again; both show each time what has become of it. */
async function changeTogether<T>(
  things: readonly LiveThing<T>[],
  change: (round: number) => readonly Promise<T>[],
  load: () => Promise<T | undefined>,
): Promise<void> {
  for (const thing of things) {
    onTestFinished(thing.retain())
    await expect.poll(() => thing.getSnapshot().sync).toBe('live')
  }
  for (let round = 0; round < 10; round++) {
    await Promise.all(change(round))
    const data = await load()
    for (const thing of things) await expect.poll(() => thing.getSnapshot().data).toEqual(data)
  }
}

it('[TH4] two who change a ticket at the same time both show what has become of it', async () => {
  const [ann, ben] = await twoAdmins()
  const { _id: ticket_id } = await ann.tickets.create({ product: 'billing' })
  await changeTogether(
    [ann.tickets.get(ticket_id), ben.tickets.get(ticket_id)],
    (round) => [
      ann.tickets.update(ticket_id, { subject: `By ann ${round}` }),
      ben.tickets.update(ticket_id, { tags: [`by ben ${round}`] }),
    ],
    () => ann.request.get_ticket({ ticket_id }),
  )
})

it('[TH8] two who change a topic at the same time both show what has become of it', async () => {
  const [ann, ben] = await twoAdmins()
  await ann.topics.create({ name: 'billing' })
  await changeTogether(
    [ann.topics.get('billing'), ben.topics.get('billing')],
    (round) => [
      ann.topics.update('billing', { title: `By ann ${round}` }),
      ben.topics.update('billing', { away_text: `By ben ${round}` }),
    ],
    async () => (await ann.request.get_all_topics({}))[0],
  )
})

it('[TH8] two who change a line manager at the same time both show what has become of them', async () => {
  const [ann, ben] = await twoAdmins()
  await ann.lineManagers.create({ user_id: 'meg', positions_in_a_line: 1, average_serving_time: 5 })
  await changeTogether(
    [ann.lineManagers.get('meg'), ben.lineManagers.get('meg')],
    (round) => [
      ann.lineManagers.update('meg', { average_serving_time: round }),
      ben.lineManagers.update('meg', { positions_in_a_line: round }),
    ],
    async () => (await ann.request.get_all_line_managers({}))[0],
  )
})
