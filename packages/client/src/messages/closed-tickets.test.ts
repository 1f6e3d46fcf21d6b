import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import { authOf, openChat, until } from '../testing/chat.ts'
import type { LiveStream } from './live-stream.ts'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** A closed ticket, its customer, and an agent behind a link that the test cuts. */
async function openClosedTicket() {
  const { server, client } = await openChat()
  const link = await openLink(server.url)
  const agent = createChatClient({ url: link.url, auth: { ...authOf('agent'), role: 'admin' } })
  onTestFinished(() => agent.close())
  await online(agent)
  await agent.topics.create({ name: 'billing' })
  const ann = await online(client('ann'))
  const { _id } = await ann.tickets.create({ product: 'billing' })
  await agent.tickets.close(_id)
  return {
    link,
    ticket: agent.tickets.messages(_id),
    reopen: () => ann.tickets.messages(_id).send('Still broken'),
  }
}

async function show(ticket: LiveStream): Promise<void> {
  onTestFinished(ticket.retain())
  await until(ticket, ({ sync }) => sync === 'live')
}

async function isRefused(ticket: LiveStream): Promise<void> {
  await expect(ticket.send('Too late')).rejects.toMatchObject({ code: 'ticket_closed' })
}

it('[OX3] sends again what an agent writes once the customer has opened the ticket again', async () => {
  const { ticket, reopen } = await openClosedTicket()
  await show(ticket)
  await isRefused(ticket)
  const { _id } = await reopen()
  await until(ticket, ({ messages }) => messages.some(({ message }) => message._id === _id))
  expect(await ticket.send('What do you see?')).toMatchObject({ message_data: 'What do you see?' })
})

it('[OX3] refuses nothing at the call in a ticket that nobody shows, since nobody hears that it is open', async () => {
  const { ticket, reopen } = await openClosedTicket()
  await isRefused(ticket)
  await reopen()
  expect(await ticket.send('What do you see?')).toMatchObject({ message_data: 'What do you see?' })
})

it('[OX3] refuses nothing at the call while offline, and sends it after the reconnect', async () => {
  const { link, ticket, reopen } = await openClosedTicket()
  await show(ticket)
  await isRefused(ticket)
  ticket.getSnapshot().messages.at(-1)?.discard?.()
  link.cut()
  await until(ticket, ({ sync }) => sync === 'offline')
  await reopen()
  const sending = ticket.send('What do you see?')
  expect(ticket.getSnapshot().messages.at(-1)).toMatchObject({ delivery: 'sending' })
  link.mend()
  expect(await sending).toMatchObject({ message_data: 'What do you see?' })
})
