import { expect, it } from 'vitest'
import { openChat } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'
import { skip } from './skip.ts'
import { mountHook } from './testing/mount.tsx'
import { useLineManagers } from './use-line-managers.ts'
import { useTicket } from './use-ticket.ts'
import {
  useCloseTicket,
  useCreateLineManager,
  useCreateTicket,
  useCreateTopic,
} from './use-ticket-actions.ts'
import { useTicketMessages } from './use-ticket-messages.ts'
import { useTickets } from './use-tickets.ts'
import { useTopics } from './use-topics.ts'

/** An admin who has created a topic and a line manager with the hooks. */
async function openSupport() {
  const chat = await openChat()
  const admin = mountHook(
    chat.client('admin', { role: 'admin' }),
    () => [useTopics(), useLineManagers(), useCreateTopic(), useCreateLineManager()] as const,
  )
  await expect.poll(() => [admin.answer?.[0].status, admin.answer?.[1].status]).toEqual(['ready', 'ready'])
  await admin.answer?.[2].createTopic({ name: 'Billing' })
  await admin.answer?.[3].createLineManager({
    user_id: 'agent',
    positions_in_a_line: 1,
    average_serving_time: 5,
    is_unmanaged: true,
  })
  return { ...chat, admin }
}

it('shows what an admin makes', async () => {
  const { admin } = await openSupport()
  await expect.poll(() => admin.answer?.[0].topics).toMatchObject([{ name: 'billing' }])
  await expect
    .poll(() => admin.answer?.[1].lineManagers)
    .toMatchObject([{ user_id: 'agent', ticket_count: 0 }])
  await expect(admin.answer?.[2].createTopic({ name: 'billing' })).rejects.toMatchObject({ code: 'conflict' })
})

it('takes a ticket from its customer to its agent and back, without a reload', async () => {
  const { client } = await openSupport()
  const agent = mountHook(
    client('agent', { role: 'agent' }),
    () => [useTickets({ product: 'billing' }), useCloseTicket()] as const,
  )
  await expect.poll(() => agent.answer?.[0].sync).toBe('live')
  const customer = client('customer')
  const customers = mountHook(customer, () => [useTickets(), useCreateTicket()] as const)
  await expect.poll(() => customers.answer?.[0].sync).toBe('live')
  const opened = await customers.answer?.[1].createTicket({ product: 'Billing' })
  const id = opened?._id ?? ''
  await expect
    .poll(() => agent.answer?.[0].tickets)
    .toMatchObject([{ _id: id, line_manager: 'agent', is_closed: false }])

  const theirs = mountHook(customer, () => [useTicket(id), useTicketMessages(id)] as const)
  const ours = mountHook(client('agent', { role: 'agent' }), () => useTicketMessages(id))
  await expect.poll(() => [theirs.answer?.[1].sync, ours.answer?.sync]).toEqual(['live', 'live'])
  await theirs.answer?.[1].send('Help!')
  await ours.answer?.send('Here I am')
  await expect.poll(() => textsOf(theirs.answer?.[1].messages)).toEqual(['Help!', 'Here I am'])

  await agent.answer?.[1].closeTicket(id)
  await expect.poll(() => theirs.answer?.[0].ticket).toMatchObject({ is_closed: true })
  await expect.poll(() => theirs.answer?.[1].messages.at(-1)).toMatchObject({ message: { kind: 'closed' } })
  await expect.poll(() => ours.answer?.messages.at(-1)).toMatchObject({ message: { kind: 'closed' } })
  await expect(ours.answer?.send('Too late')).rejects.toMatchObject({ code: 'ticket_closed' })
  await theirs.answer?.[1].send('One more thing')
  await expect.poll(() => theirs.answer?.[0].ticket).toMatchObject({ is_closed: false })
})

it('[HK2] is an error without a ticket where nobody opened one', async () => {
  const { client } = await openChat()
  const hook = mountHook(client('ann'), () => useTicket('01a20e64-72ea-7efc-87b7-942b1d3f785e'))
  await expect
    .poll(() => hook.answer)
    .toMatchObject({ status: 'error', ticket: null, error: { code: 'not_found' } })
})

it('asks for nothing when it is given skip', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  const hook = mountHook(ann, () => [
    useTopics(skip),
    useLineManagers(skip),
    useTickets(skip),
    useTicket(skip),
  ])
  await expect.poll(() => ann.connection.getSnapshot().status).toBe('online')
  expect(hook.answer?.map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped', 'skipped'])
})
