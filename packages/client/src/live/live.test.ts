import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { openChat, openClient, until } from '../testing/chat.ts'
import { failingStore } from '../testing/failing-store.ts'

/** A client with one live object of each kind. */
async function openPage() {
  const { failing, options } = await failingStore()
  const { client } = await openChat(options)
  const root = client('root', { role: 'admin' })
  onTestFinished(root.connect())
  await until(root.connection, ({ status }) => status === 'online')
  await root.topics.create({ name: 'billing' })
  const ticket = await root.tickets.create({ product: 'billing' })
  await root.rooms.messages('lobby').send('Hello')
  return { failing, client, everything: everythingOf(root, ticket._id), ticketId: ticket._id }
}

function everythingOf({ rooms, tickets, topics, lineManagers }: ChatClient, ticketId: string) {
  return {
    room: rooms.messages('lobby'),
    conversation: tickets.messages(ticketId),
    tickets: tickets.list(),
    topics: topics.list(),
    lineManagers: lineManagers.list(),
  }
}

type Everything = ReturnType<typeof everythingOf>

function holdAll(everything: Everything): void {
  for (const one of Object.values(everything)) onTestFinished(one.retain())
}

async function untilAll(everything: Everything, expected: object): Promise<void> {
  const states = () => Object.values(everything).map((one) => one.getSnapshot())
  await expect.poll(states).toMatchObject(states().map(() => expected))
}

it('[TR11] recovers by itself from a store that fails while rooms and lists load for the first time', async () => {
  const { failing, everything } = await openPage()
  failing.isDown = true
  holdAll(everything)
  await untilAll(everything, { status: 'error', sync: 'offline', error: { code: 'unavailable' } })

  failing.isDown = false
  await untilAll(everything, { status: 'ready', sync: 'live', error: null })
  expect(everything.tickets.getSnapshot().items).toHaveLength(1)
})

it('[TR11] recovers by itself from a server that hangs while rooms and lists load for the first time', async () => {
  const { client, server } = await openChat()
  const root = client('root', { role: 'admin' })
  onTestFinished(root.connect())
  const { _id } = await root.ready().then(async () => {
    await root.topics.create({ name: 'billing' })
    return root.tickets.create({ product: 'billing' })
  })
  const link = await openLink(server.url)
  const other = openClient(link.url, 'root', { role: 'admin' })
  onTestFinished(other.connect())
  await other.ready()
  link.stall()
  const everything = everythingOf(other, _id)
  holdAll(everything)
  await until(other.connection, ({ status }) => status === 'offline')
  await untilAll(everything, { status: 'loading', sync: 'offline', error: null })
  link.flow()
  await untilAll(everything, { status: 'ready', sync: 'live', error: null })
})

it('keeps its data while a reload fails, says why it is not current, and recovers by itself', async () => {
  const { failing, everything } = await openPage()
  const { tickets } = everything
  onTestFinished(tickets.retain())
  const { items } = await until(tickets, ({ sync }) => sync === 'live')
  failing.isDown = true
  await tickets.reload()
  expect(tickets.getSnapshot()).toMatchObject({ status: 'ready', sync: 'offline', items })
  expect(tickets.getSnapshot().error).toMatchObject({ code: 'unavailable' })

  failing.isDown = false
  await until(tickets, ({ sync, error }) => sync === 'live' && error === null)
})

it('asks for nothing more once it is let go, or the server says that trying again is no use', async () => {
  const { failing, client, everything, ticketId } = await openPage()
  const stranger = client('stranger')
  onTestFinished(stranger.connect())
  const foreign = stranger.tickets.messages(ticketId)
  onTestFinished(foreign.retain())
  await until(foreign, ({ error, sync }) => sync === 'offline' && error !== null)

  failing.isDown = true
  const letGo = everything.tickets.retain()
  await until(everything.tickets, ({ status }) => status === 'error')
  letGo()
  // It closes after a second; the next attempt would come within two more.
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const { failures } = failing
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect(failing.failures).toBe(failures)
  expect(foreign.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'not_found' } })
})

it('loads a list that nobody holds, without claiming that it is kept current', async () => {
  const { everything } = await openPage()
  await everything.tickets.reload()
  expect(everything.tickets.getSnapshot()).toMatchObject({ status: 'ready', sync: 'offline' })
})
