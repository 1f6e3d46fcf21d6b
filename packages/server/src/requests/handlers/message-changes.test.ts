import { randomUUID } from 'node:crypto'
import { type Entry, type Message, protocolVersion } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { entriesIn, openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'

const cid = () => randomUUID()
const room_id = 'lobby'

function say(socket: TestSocket, message_data = 'Hello', room = room_id): Promise<Message> {
  return socket.request('message_event', { room_id: room, message_data, cid: cid() })
}

const of = ({ stream, seq, _id: message_id }: Message) => ({ stream, seq, message_id, cid: cid() })

/** Ann, who has written to the lobby, ben, mia, who is an agent, and root, who is an admin; all have joined it. */
async function openLobby() {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const mia = await chat.connect('mia', { role: 'agent' })
  const root = await chat.connect('root', { role: 'admin' })
  for (const socket of [ann, ben, mia, root]) await socket.request('join', { room: room_id })
  const message = await say(ann)
  for (const socket of [ann, ben, mia, root]) await socket.heard()
  return { chat, ann, ben, mia, root, message }
}

/** The entries that a socket has not read yet. */
const news = async (socket: TestSocket): Promise<Entry[]> => entriesIn(await socket.heard())

async function newest(socket: TestSocket, stream: string): Promise<Message[]> {
  const page = await socket.request('get_messages', { stream, before: 1_000 })
  return page.entries as Message[]
}

it('[CH1] replaces the text of an own message, and sends the change to all who have joined', async () => {
  const { ann, ben, message } = await openLobby()
  const payload = {
    ...of(message),
    message_data: '@Ben Hello',
    mentions: [{ user_id: 'ben', start: 0, end: 4 }],
  }

  const answer = await ann.request('edit_message', payload)

  const edited = { ...message, message_data: '@Ben Hello', mentions: payload.mentions, version: 2 }
  expect(answer).toEqual({ message: { ...edited, edited_at: expect.any(String) }, changed: true })
  for (const socket of [ann, ben]) {
    expect(await news(socket)).toEqual([
      {
        ...{ _id: expect.any(String), stream: message.stream, seq: 2, nth: 1, type: 'change' },
        ...{ change: 'edited', target: 1, cid: payload.cid, by: 'ann', created_at: expect.any(String) },
        ...{ message_data: '@Ben Hello', mentions: payload.mentions },
      },
    ])
  }
  expect(await newest(ben, message.stream)).toEqual([answer.message])
  expect(await ann.request('edit_message', payload)).toEqual({ ...answer, changed: false })
  expect(await ann.refusal('edit_message', { ...payload, message_data: 'Another' })).toBe('conflict')
  expect(await ann.refusal('react', { ...of(message), reaction: '👍', cid: payload.cid })).toBe('conflict')
  expect(await news(ben)).toEqual([])
})

it('[CH1] edits nothing of others, and nothing that is not there', async () => {
  const { ann, ben, root, message } = await openLobby()
  const payload = () => ({ ...of(message), message_data: 'No' })
  for (const socket of [ben, root]) expect(await socket.refusal('edit_message', payload())).toBe('forbidden')
  expect(await ann.refusal('edit_message', { ...payload(), message_id: randomUUID() })).toBe('not_found')
  expect(await ann.refusal('edit_message', { ...payload(), seq: 9 })).toBe('not_found')
  expect(await ann.refusal('edit_message', { ...payload(), stream: 'room:empty' })).toBe('not_found')
  expect(await ann.refusal('edit_message', { ...payload(), stream: 'call:1' })).toBe('not_found')
  expect(await ann.refusal('edit_message', { ...payload(), message_data: ' ' })).toBe('invalid_payload')
  expect(await news(ben)).toEqual([])
})

it('[CH2] removes an own message, and any for an admin', async () => {
  const { ann, ben, mia, root, message } = await openLobby()
  for (const socket of [ben, mia])
    expect(await socket.refusal('delete_message', of(message))).toBe('forbidden')

  const removed = await ann.request('delete_message', of(message))

  expect(removed).toEqual({
    message: { ...message, kind: 'removed', message_data: '', reason: 'deleted' },
    changed: true,
  })
  expect(await news(ben)).toMatchObject([{ type: 'deletion', targets: [1], reason: 'deleted' }])
  expect(await ann.request('delete_message', of(message))).toEqual({ ...removed, changed: false })
  expect(await news(ben)).toEqual([])
  const second = await say(ben)
  expect(await root.request('delete_message', of(second))).toMatchObject({ changed: true })
  for (const name of ['edit_message', 'react', 'pin_message'])
    expect(await root.refusal(name, { ...of(second), message_data: 'x', reaction: 'x' })).toBe('not_found')
  expect(await ann.refusal('delete_message', { ...of(second), message_id: randomUUID() })).toBe('not_found')
})

it('[CH3] counts who reacts, and says it to all who have joined', async () => {
  const { ann, ben, mia, message } = await openLobby()
  const payload = { ...of(message), reaction: '👍' }
  const { message: first } = await ben.request('react', payload)
  expect(first.reactions).toEqual([{ reaction: '👍', count: 1, user_ids: ['ben'] }])
  expect(await ben.request('react', payload)).toEqual({ message: first, changed: false })
  expect(await ben.request('react', { ...payload, cid: cid() })).toEqual({ message: first, changed: false })
  const { message: second } = await mia.request('react', { ...payload, cid: cid() })
  const both = { reaction: '👍', count: 2, user_ids: ['ben', 'mia'] }
  expect(second.reactions).toEqual([both])
  expect((await news(ann)).map((entry) => ('reaction' in entry ? entry.reaction : null))).toEqual([
    { reaction: '👍', count: 1, user_ids: ['ben'] },
    both,
  ])
  const ask = { stream: message.stream, seq: 1, message_id: message._id, reaction: '👍' }
  expect(await ann.request('get_reactions', { ...ask, limit: 1 })).toEqual({ user_ids: ['ben'], more: true })
  expect(await ann.request('get_reactions', { ...ask, after: 'ben' })).toEqual({
    user_ids: ['mia'],
    more: false,
  })
  expect(await ann.request('get_reactions', { ...ask, reaction: 'x' })).toEqual({ user_ids: [], more: false })
  const back = await ben.request('unreact', { ...payload, cid: cid() })
  expect(back.message.reactions).toEqual([{ reaction: '👍', count: 1, user_ids: ['mia'] }])
  expect(await ben.request('unreact', { ...payload, cid: cid() })).toEqual({ ...back, changed: false })
  expect(await ben.refusal('react', { ...payload, cid: cid(), reaction: 'x'.repeat(33) })).toBe(
    'invalid_payload',
  )
  expect(await ann.refusal('get_reactions', { ...ask, message_id: randomUUID() })).toBe('not_found')
})

it('[CH3] takes an emoji for one reaction, with or without the character that asks for colors', async () => {
  const { ann, ben, message } = await openLobby()
  const family = '👨\u200d👩\u200d👧'
  for (const reaction of ['❤\ufe0f', family]) await ben.request('react', { ...of(message), reaction })
  const { message: second } = await ann.request('react', { ...of(message), reaction: '❤' })
  expect(second.reactions).toEqual([
    { reaction: '❤', count: 2, user_ids: ['ben', 'ann'] },
    { reaction: family, count: 1, user_ids: ['ben'] },
  ])
  const ask = { stream: message.stream, seq: 1, message_id: message._id }
  expect(await ann.request('get_reactions', { ...ask, reaction: '❤\ufe0f' })).toEqual({
    user_ids: ['ann', 'ben'],
    more: false,
  })
  for (const reaction of ['❤\ufe0f', family]) await ben.request('unreact', { ...of(message), reaction })
  const { message: last } = await ann.request('unreact', { ...of(message), reaction: '❤\ufe0e' })
  expect(last.reactions ?? []).toEqual([])
})

it('[CH4] pins in an open room for agents', async () => {
  const { chat, ann, ben, mia, message } = await openLobby()
  const second = await say(ben)
  expect(await ann.refusal('pin_message', of(message))).toBe('forbidden')
  const { message: pinned } = await mia.request('pin_message', of(message))
  expect([pinned.pinned_by, pinned.version]).toEqual(['mia', 3])
  expect(await mia.request('pin_message', of(message))).toEqual({ message: pinned, changed: false })
  await mia.request('pin_message', of(second))
  const { messages } = await ann.request('get_pinned_messages', { stream: message.stream })
  expect(messages.map(({ seq }) => seq)).toEqual([2, 1])
  await mia.request('unpin_message', of(second))
  expect((await ann.request('get_pinned_messages', { stream: message.stream })).messages).toEqual([pinned])
  const guest = chat.open({ protocol: protocolVersion, workspace_id: 'demo', guest: true })
  await guest.untilHeard('hello')
  expect(await guest.refusal('pin_message', of(message))).toBe('forbidden')
  expect(await guest.request('react', { ...of(message), reaction: '👋' })).toMatchObject({ changed: true })
})

it('[CH5] shows earlier texts to agents and admins', async () => {
  const { ann, ben, mia, root, message } = await openLobby()
  await ann.request('edit_message', { ...of(message), message_data: 'Two' })
  await ann.request('edit_message', { ...of(message), message_data: 'Three' })
  const { cid: _, ...ask } = of(message)
  for (const socket of [mia, root]) {
    const { versions } = await socket.request('get_message_versions', ask)
    expect(versions.map(({ message_data }) => message_data)).toEqual(['Hello', 'Two'])
    expect(versions[0]?.created_at).toBe(message.created_at)
  }
  for (const socket of [ann, ben]) expect(await socket.refusal('get_message_versions', ask)).toBe('forbidden')
  await ann.request('delete_message', of(message))
  expect(await mia.refusal('get_message_versions', ask)).toBe('not_found')
})

async function makeRoom(chat: TestChat, payload: { kind: 'members' | 'direct'; members: string[] }) {
  const ann = await chat.connect('ann')
  const { _id: room } = await ann.request('create_room', { ...payload, cid: cid() })
  return { ann, room }
}

it('[CH6] lets nobody but the members of a room read or change its messages', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, room } = await makeRoom(chat, { kind: 'members', members: ['ben', 'mia'] })
  const [ben, eve] = [await chat.connect('ben'), await chat.connect('eve')]
  const mia = await chat.connect('mia', { role: 'agent' })
  const root = await chat.connect('root', { role: 'admin' })
  const message = await say(ben, 'Hello', room)
  const all = ['edit_message', 'delete_message', 'react', 'unreact', 'pin_message', 'unpin_message'] as const
  const asked = [...all, 'get_pinned_messages', 'get_reactions'] as const
  for (const name of asked) {
    const payload = { ...of(message), message_data: 'x', reaction: 'x' }
    expect([name, await eve.refusal(name, payload)]).toEqual([name, 'not_found'])
  }
  expect(await root.refusal('react', { ...of(message), reaction: 'x' })).toBe('not_found')
  expect(await mia.refusal('pin_message', of(message))).toBe('forbidden')
  expect(await ann.request('pin_message', of(message))).toMatchObject({ changed: true })
  expect(await mia.refusal('delete_message', of(message))).toBe('forbidden')
  await ann.request('remove_members', { room, members: ['ben'] })
  for (const name of asked) {
    const payload = { ...of(message), message_data: 'x', reaction: 'x' }
    expect([name, await ben.refusal(name, payload)]).toEqual([name, 'not_found'])
  }
  expect(await ann.request('delete_message', of(message))).toMatchObject({ changed: true })
  const another = await say(mia, 'Hello', room)
  const removed = await root.request('delete_message', of(another))
  expect(removed).toMatchObject({ changed: true, message: { message_data: '' } })
})

it('[CH6] lets neither of two people change a message after one has blocked the other, but delete their own', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, room } = await makeRoom(chat, { kind: 'direct', members: ['ben'] })
  const ben = await chat.connect('ben')
  const message = await say(ben, 'Hello', room)
  expect(await ben.request('pin_message', of(message))).toMatchObject({ changed: true })
  await ann.request('block_user', { user_id: 'ben' })
  for (const name of ['edit_message', 'react', 'unreact', 'pin_message', 'unpin_message'])
    expect(await ben.refusal(name, { ...of(message), message_data: 'x', reaction: 'x' })).toBe('forbidden')
  expect(await ann.refusal('delete_message', of(message))).toBe('forbidden')
  expect(await ben.request('delete_message', of(message))).toMatchObject({ changed: true })
})

it('[CH7] changes messages of a ticket while it is open, and lets agents pin and delete in it', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, eve] = [await chat.connect('ann'), await chat.connect('eve')]
  const mia = await chat.connect('mia', { role: 'agent' })
  const root = await chat.connect('root', { role: 'admin' })
  await root.request('create_topic', { name: 'billing', cid: cid() })
  const { _id: ticket_id } = await ann.request('create_ticket', { product: 'billing', cid: cid() })
  const write = (socket: TestSocket): Promise<Message> =>
    socket.request('ticket_message_event', { ticket_id, message_data: 'Hello', cid: cid() })
  await mia.request('join_ticket', { ticket_id })
  const message = await write(ann)
  await mia.heard()
  const editing = { ...of(message), message_data: 'Hi' }
  const edited = await ann.request('edit_message', editing)
  expect(await news(mia)).toMatchObject([{ change: 'edited', ticket_id, product: 'billing' }])
  expect(await mia.request('pin_message', of(message))).toMatchObject({ changed: true })
  expect(await ann.refusal('pin_message', of(message))).toBe('forbidden')
  for (const name of ['react', 'edit_message', 'delete_message', 'get_pinned_messages'])
    expect(await eve.refusal(name, { ...of(message), message_data: 'x', reaction: 'x' })).toBe('not_found')
  await mia.request('close_ticket', { ticket_id })
  const [fact] = (await newest(ann, message.stream)).filter(({ kind }) => kind === 'closed')
  for (const name of ['edit_message', 'react', 'unreact'])
    expect(await ann.refusal(name, { ...of(message), message_data: 'x', reaction: 'x' })).toBe(
      'ticket_closed',
    )
  expect(await ann.request('edit_message', editing)).toMatchObject({ changed: false })
  expect(edited.changed).toBe(true)
  expect(await mia.refusal('delete_message', of(fact as Message))).toBe('forbidden')
  expect(await mia.request('delete_message', of(message))).toMatchObject({ changed: true })
})

it('[CH8] tells V2 sockets of an edit by a text that says so, and of nothing else', async () => {
  const { chat, ann, mia, root, message } = await openLobby()
  const v2 = await chat.connectV2({ workspace_id: 'demo', api_key: 'demo-key', user_id: 'old' })
  v2.emit('join', { room: room_id })
  await v2.heard(1)
  await ann.request('react', { ...of(message), reaction: '👍' })
  await mia.request('pin_message', of(message))
  expect(await v2.heard()).toEqual([])
  await ann.request('edit_message', { ...of(message), message_data: 'Hi' })
  expect(await v2.heard(1)).toEqual([['my_response', { data: '(edited) Hi', sid: '' }]])
  await ann.request('edit_message', { ...of(message), message_data: '{"type":"text","text":"Hi"}' })
  expect(await v2.heard(1)).toEqual([['my_response', { data: '{"type":"text","text":"Hi"}', sid: '' }]])
  await root.request('create_topic', { name: 'billing', cid: cid() })
  const ticket = {
    workspace_id: 'demo',
    api_key: 'demo-key',
    product: 'billing',
    user_id: 'old',
    created_at: '',
  }
  v2.emit('create_ticket', ticket)
  const [[, created]] = (await v2.heard(2)).filter(([event]) => event === 'ticket_response') as [
    [string, { data: { _id: string } }],
  ]
  const ticket_id = created.data._id
  const answer: Message = await mia.request('ticket_message_event', {
    ticket_id,
    message_data: 'Yes',
    cid: cid(),
  })
  await v2.heard(1)
  await mia.request('edit_message', { ...of(answer), message_data: 'No' })
  const [frame] = await v2.heard(1)
  expect(frame).toMatchObject([
    'ticket_message_response',
    {
      ...{ status: 'success', operation: 'send_message' },
      data: { ticket_id, message_data: '(edited) No', author: 'mia', product: 'billing', reply_to: 'None' },
    },
  ])
  await ann.request('delete_message', of(message))
  await mia.request('delete_message', of(answer))
  expect(await v2.heard()).toEqual([])
})
