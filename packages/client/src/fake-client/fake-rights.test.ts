import { expect, it, onTestFinished } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import { openChat } from '../testing/chat.ts'
import { uuid as newCid } from '../uuid.ts'
import { createFakeClient, type FakeUser, fixtures } from './index.ts'

async function openFake(...args: Parameters<typeof createFakeClient>) {
  const fake = createFakeClient(...args)
  onTestFinished(() => fake.close())
  await fake.ready()
  return fake
}

/** What a server of this workspace does not offer to anybody. */
const lacking = ['create_upload', 'finish_upload', 'cancel_upload', 'get_attachment_url', 'search']

async function openReal({ role = 'customer', is_guest = false }: FakeUser): Promise<ChatClient> {
  const { server } = await openChat()
  const auth = is_guest
    ? ({ guest: true, workspace_id: 'demo' } as const)
    : { getToken: () => server.tokenFor('ann', { role }) }
  const client = createChatClient({ url: server.url, auth })
  onTestFinished(() => client.close())
  client.connect()
  await client.ready()
  return client
}

it.each<FakeUser>([{ role: 'customer' }, { role: 'agent' }, { role: 'admin' }, { is_guest: true }])(
  '[KT15] %o may send what a server lets them send, in rooms too',
  async (user) => {
    const [fake, real] = [await openFake(user), await openReal(user)]
    const canOf = ({ connection }: ChatClient) => connection.getSnapshot().session?.can ?? []
    expect([...canOf(fake)].sort()).toEqual([...canOf(real), ...lacking].sort())
    async function roomsOf(client: ChatClient) {
      const kinds = user.is_guest ? [] : (['members', 'direct'] as const)
      const made = await Promise.all(kinds.map((kind) => client.rooms.create({ kind, members: ['bob'] })))
      const look = (room: string) => client.request.get_room({ room })
      const known = await Promise.all(['lobby', ...made.map(({ _id }) => _id)].map(look))
      const closed = made[0] ? [await client.rooms.close(made[0]._id).then(({ _id }) => look(_id))] : []
      return [...known, ...closed].map(({ role, can }) => [role, [...can].sort()])
    }
    expect(await roomsOf(fake)).toEqual(await roomsOf(real))
  },
)

it('[KT15] may send what the test says', async () => {
  const fake = await openFake({ role: 'admin', can: ['join', 'get_room', 'pin_message'] })
  expect(fake.connection.getSnapshot().session).toMatchObject({ can: ['join', 'get_room', 'pin_message'] })
  expect((await fake.request.get_room({ room: 'lobby' })).can).toEqual(['join', 'pin_message'])
})

/** A customer, and the messages of theirs and of somebody else's. */
async function openLobby(user: FakeUser = {}) {
  const fake = await openFake(user)
  const lobby = fake.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  fake.receive(fixtures.message({ author: 'bob' }))
  const own = await lobby.send('Mine')
  const [other = own] = (await fake.request.get_messages({ stream: 'room:lobby', before: 2 })).entries
  const targetOf = ({ seq, _id }: { seq: number; _id: string }) => ({
    ...{ stream: 'room:lobby', seq, message_id: _id, cid: newCid() },
  })
  return { fake, own: () => targetOf(own), other: () => targetOf(other) }
}

it('[KT15] changes messages as a server lets it', async () => {
  const { fake, own, other } = await openLobby()
  const { edit_message, delete_message, pin_message, react, start_thread } = fake.request
  const forbidden = { code: 'forbidden' }
  await expect(edit_message({ ...other(), message_data: 'Theirs' })).rejects.toMatchObject(forbidden)
  await expect(delete_message(other())).rejects.toMatchObject(forbidden)
  await expect(pin_message(own())).rejects.toMatchObject(forbidden)
  const edited = await edit_message({ ...own(), message_data: 'Edited' })
  expect(edited).toMatchObject({ changed: true })
  expect(await edit_message({ ...own(), message_data: 'Edited' })).toEqual({ ...edited, changed: false })
  expect(await delete_message(own())).toMatchObject({ changed: true })
  expect(await delete_message(own())).toMatchObject({ changed: false })
  const missing = { code: 'not_found' }
  await expect(edit_message({ ...own(), message_data: 'Again' })).rejects.toMatchObject(missing)
  await expect(react({ ...own(), reaction: '👍' })).rejects.toMatchObject(missing)
  await expect(start_thread(own())).rejects.toMatchObject(missing)
})

it('[KT15] lets an admin remove and pin what others have written, and the owner of a room too', async () => {
  const { fake, other } = await openLobby({ role: 'admin' })
  expect(await fake.request.pin_message(other())).toMatchObject({ changed: true })
  expect(await fake.request.delete_message(other())).toMatchObject({ changed: true })
  const customer = await openFake()
  const { _id: room } = await customer.rooms.create({ kind: 'members', members: ['bob'] })
  const stream = `room:${room}`
  const message = fixtures.message({ stream, author: 'bob' })
  customer.receive(message)
  const target = { stream, seq: 1, message_id: message._id }
  await customer.request.start_thread({ ...target, cid: newCid() })
  const reply = fixtures.message({ stream: `thread:${message._id}`, author: 'bob' })
  customer.receive(reply)
  const inThread = { stream: reply.stream, seq: 1, message_id: reply._id, cid: newCid() }
  expect(await customer.request.pin_message(inThread)).toMatchObject({ changed: true })
  expect(await customer.request.delete_message({ ...target, cid: newCid() })).toMatchObject({ changed: true })
})

it('[KT15] takes no cid twice for another message or report', async () => {
  const fake = await openFake()
  const message = { room_id: 'lobby', message_data: 'Hello', cid: newCid() }
  const sent = await fake.request.message_event(message)
  expect(await fake.request.message_event(message)).toEqual(sent)
  const other = { ...message, message_data: 'Other' }
  await expect(fake.request.message_event(other)).rejects.toMatchObject({ code: 'conflict' })
  const report = { user_id: 'bob', reason: 'Spam', cid: newCid() }
  expect(await fake.request.report(report)).toEqual(await fake.request.report(report))
  expect((await fake.request.get_reports({})).reports).toHaveLength(1)
  const own = fake.request.report({ ...report, user_id: 'ann', cid: newCid() })
  await expect(own).rejects.toMatchObject({ code: 'conflict' })
})

it('[KT15] says nothing of others to who does not say where they are', async () => {
  const fake = await openFake()
  await fake.presence.setPreferences({ shows_presence: false })
  const { presences } = await fake.request.get_presence({ user_ids: ['ann', 'bob'] })
  expect(presences.map(({ user_id }) => user_id)).toEqual(['ann'])
})

it('[KT10] has messages of different cids, also of one author', async () => {
  const fake = await openFake()
  const lobby = fake.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  for (const message_data of ['one', 'two']) fake.receive(fixtures.message({ message_data, author: 'ann' }))
  await expect.poll(() => new Set(lobby.getSnapshot().messages.map(({ key }) => key)).size).toBe(2)
})
