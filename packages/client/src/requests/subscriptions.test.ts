import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { openChat, openClient, until } from '../testing/chat.ts'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** What a client hears of a room or a ticket from now on. */
function heardBy(client: ChatClient, stream: string): string[] {
  const texts: string[] = []
  client.on.entries((push) => {
    if (push.stream !== stream) return
    for (const entry of push.entries)
      if (entry.type === 'message' && 'message_data' in entry) texts.push(entry.message_data ?? '')
  })
  return texts
}

it('[TH10] what one asks for by itself goes on when the messages are let go, and the other way round', async () => {
  const { client } = await openChat()
  const [ann, ben] = [await online(client('ann')), await online(client('ben'))]
  const heard = heardBy(ann, 'room:r')
  const say = (text: string) =>
    ben.request.message_event({ room_id: 'r', message_data: text, cid: crypto.randomUUID() })

  await ann.request.join({ room: 'r' })
  const letGo = ann.rooms.messages('r').retain()
  await until(ann.rooms.messages('r'), ({ sync }) => sync === 'live')
  letGo()
  // It is let go of a second later.
  await until(ann.rooms.messages('r'), ({ sync }) => sync === 'offline')
  await say('still joined')
  await expect.poll(() => heard).toEqual(['still joined'])

  const again = ann.rooms.messages('r').retain()
  await until(ann.rooms.messages('r'), ({ sync }) => sync === 'live')
  expect(await ann.request.leave({ room: 'r' })).toEqual({ room: 'r' })
  await say('still shown')
  await expect.poll(() => heard).toEqual(['still joined', 'still shown'])

  again()
  await until(ann.rooms.messages('r'), ({ sync }) => sync === 'offline')
  // The leave has gone out before this.
  await ann.request.get_all_topics({})
  await say('nobody listens')
  await ann.request.get_all_topics({})
  expect(heard).toEqual(['still joined', 'still shown'])
})

it('[TH10] two parts of an application that join a ticket leave it one by one', async () => {
  const { client } = await openChat()
  const root = await online(client('root', { role: 'admin' }))
  await root.topics.create({ name: 'billing' })
  const ann = await online(client('ann'))
  const { _id: ticket_id } = await ann.tickets.create({ product: 'billing' })
  const heard = heardBy(ann, `ticket:${ticket_id}`)
  for (const _ of [1, 2]) await ann.request.join_ticket({ ticket_id })
  await ann.request.leave_ticket({ ticket_id })
  await root.tickets.messages(ticket_id).send('one')
  await expect.poll(() => heard).toEqual(['one'])
  await ann.request.leave_ticket({ ticket_id })
  await root.tickets.messages(ticket_id).send('two')
  await ann.request.get_all_topics({})
  expect(heard).toEqual(['one'])
})

it('[TH10] counts anew with each connection, and nothing that the server has refused', async () => {
  const { server, client } = await openChat()
  const link = await openLink(server.url)
  const ann = await online(openClient(link.url, 'ann'))
  const ben = await online(client('ben'))
  const heard = heardBy(ann, 'room:r')
  for (const _ of [1, 2]) await ann.request.join({ room: 'r' })
  link.cut()
  await until(ann.connection, ({ status }) => status === 'offline')
  link.mend()
  await until(ann.connection, ({ status }) => status === 'online')
  await ann.request.join({ room: 'r' })
  await expect(ann.request.join({ room: '~nobody knows it' })).rejects.toMatchObject({ code: 'not_found' })
  await ann.request.leave({ room: 'r' })
  await ben.rooms.messages('r').send('nobody listens')
  await ann.request.get_all_topics({})
  expect(heard).toEqual([])
})
