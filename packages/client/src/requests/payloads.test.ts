import { createHash } from 'node:crypto'
import { type RequestName, requests } from '@dowellchat/protocol'
import { folderAttachments } from '@dowellchat/server'
import { expect, it, onTestFinished } from 'vitest'
import { createAttachments } from '../attachments/attachments.ts'
import { createConnection } from '../connection/connection.ts'
import { createRooms } from '../rooms/rooms.ts'
import { authOf, openChat } from '../testing/chat.ts'
import { newFolder } from '../testing/kept-files.ts'
import { createLineManagers } from '../tickets/line-managers.ts'
import { createTickets } from '../tickets/tickets.ts'
import { createTopics } from '../tickets/topics.ts'
import { createWire } from './wire.ts'

// Only messages can wait for a connection, and only they say when they were written.
const unsent = (name: string) => (name.endsWith('message_event') ? [] : ['client_created_at'])

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex')

/** An admin's domains, and the fields of each request that the SDK has sent. */
async function watchedWire() {
  const { server } = await openChat({ attachments: folderAttachments({ folder: await newFolder() }) })
  const connection = createConnection(server.url, { ...authOf('ann'), role: 'admin' })
  onTestFinished(connection.close)
  onTestFinished(connection.retain())
  await expect.poll(() => connection.getSnapshot().status).toBe('online')
  const sent = new Map<string, Set<string>>()
  connection.socket.onAnyOutgoing((name: string, payload: object) =>
    sent.set(name, new Set([...(sent.get(name) ?? []), ...Object.keys(payload)])),
  )
  const wire = createWire(connection, {})
  return { wire, sent, files: createAttachments(wire, { url: server.url }) }
}

it('lets its users give every field of the requests that create something', async () => {
  const { wire, sent, files } = await watchedWire()
  const [tickets, rooms] = [createTickets(wire), createRooms(wire)]
  await createTopics(wire).create({ name: 'billing' })
  const rank = { positions_in_a_line: 1, average_serving_time: 5, capacity: null, is_unmanaged: true }
  await createLineManagers(wire).create({ user_id: 'mia', ...rank })
  const shape = { width: 1, height: 1, duration_ms: 1, sha256: sha256Of('Hi') }
  const upload = () => files.upload(new File(['Hi'], 'hi.txt', { type: 'text/plain' }), shape)
  const asking = { subject: 'Invoice', message_data: 'Hello', attachments: [await upload()] }
  const { _id } = await tickets.create({ product: 'billing', metadata: { a: 1 }, ...asking })
  // There is no such link.
  await tickets.create({ product: 'billing', link_id: '1' }).catch(() => undefined)
  const more = { mentions: [{ user_id: 'mia', start: 0, end: 4 }], metadata: { a: 1 } }
  const first = await rooms.messages('r').send('Hello')
  await rooms.messages('r').send('@mia?', { replyTo: first, ...more, attachments: [await upload()] })
  const asked = await tickets.messages(_id).send('Hello')
  await tickets.messages(_id).send('@mia?', { replyTo: asked, ...more, attachments: [await upload()] })
  const room = await rooms.create({ kind: 'members', title: 'Design', metadata: {}, members: ['mia'] })
  await rooms.createInvite(room._id, { expires_in_ms: 60_000, uses: 2 })

  const creating = [
    'create_topic',
    'create_line_manager',
    'create_ticket',
    'create_room',
    'create_invite',
    'message_event',
    'ticket_message_event',
    'create_upload',
  ] as const satisfies RequestName[]
  const unsendable = creating.flatMap((name) =>
    Object.keys(requests[name].payload.shape)
      .filter((field) => !sent.get(name)?.has(field) && !unsent(name).includes(field))
      .map((field) => `${name}.${field}`),
  )
  expect(unsendable, 'a method of the SDK takes each, and this test gives it').toEqual([])
})
