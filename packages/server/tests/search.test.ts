import { randomUUID } from 'node:crypto'
import { type Message, roomStream, threadStream } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { draft, range } from '../src/testing/store-cases/making.ts'
import { eraseAll, operatorAuth } from './support/erasing.ts'
import { languageCases } from './support/languages.ts'
import { eventually, found, foundBy, say, searched, searchWorkspaces } from './support/searching.ts'

const open = (): Promise<TestChat> => openChat(onTestFinished, { workspaces: searchWorkspaces })
const edit = (socket: TestSocket, { stream, seq, _id }: Message, message_data: string) =>
  socket.request('edit_message', { stream, seq, message_id: _id, message_data, cid: randomUUID() })
const remove = (socket: TestSocket, { stream, seq, _id }: Message) =>
  socket.request('delete_message', { stream, seq, message_id: _id, cid: randomUUID() })

async function makeRoom(socket: TestSocket, members: string[]): Promise<string> {
  return (await socket.request('create_room', { kind: 'members', members, cid: randomUUID() }))._id
}

describe('search', () => {
  it('[FT1] finds messages that have all words, the newest first, and shows where they are', async () => {
    const chat = await open()
    const ann = await chat.connect('ann')
    await ann.request('join', { room: 'lobby' })
    const first = await say(ann, 'lobby', 'The café opens at nine')
    await say(ann, 'lobby', 'No coffee here')
    const second = await say(ann, 'lobby', 'Is the Café open?')
    await eventually(ann, 'cafe', 2)
    const { hits, more, before, indexed_until } = await searched(ann, 'OPEN cafe')
    expect(hits.map(({ message }) => message)).toEqual([second])
    expect({ more, before, indexed_until }).toEqual({ more: false, before: null, indexed_until: null })
    const [{ excerpt, matches }] = hits as [(typeof hits)[0]]
    expect(matches.map(({ start, end }) => excerpt.slice(start, end))).toEqual(['Café', 'open'])
    expect(await found(ann, 'cafe ope')).toEqual([second.message_data, first.message_data])
    expect(await found(ann, 'ope cafe')).toEqual([])
    expect(await found(ann, '?!')).toEqual([])
  })

  it('[FT2] finds what people write in twelve languages', async () => {
    const chat = await open()
    const ann = await chat.connect('ann')
    await ann.request('join', { room: 'lobby' })
    for (const { text } of languageCases) await say(ann, 'lobby', text)
    await eventually(ann, 'birthday', 1)
    const wrong: string[] = []
    for (const { text, finds, misses } of languageCases) {
      for (const one of finds)
        if (!(await found(ann, one)).includes(text)) wrong.push(`${one} not in ${text}`)
      for (const one of misses) if ((await found(ann, one)).includes(text)) wrong.push(`${one} in ${text}`)
    }
    expect(wrong).toEqual([])
  })

  it('[FT3] looks in the rooms of the list and their threads, and in nothing that one may not read', async () => {
    const chat = await open()
    const [ann, ben, eve] = await Promise.all(['ann', 'ben', 'eve'].map((id) => chat.connect(id)))
    const agent = await chat.connect('agent', { role: 'agent' })
    for (const socket of [ann, ben] as TestSocket[]) await socket.request('join', { room: 'lobby' })
    const room = await makeRoom(ann as TestSocket, ['ben'])
    const { seq, _id } = await say(ann as TestSocket, room, 'apple in the room')
    await say(ben as TestSocket, 'lobby', 'apple in the lobby')
    const thread = await (ann as TestSocket).request('start_thread', {
      ...{ stream: roomStream(room), seq, message_id: _id, cid: randomUUID() },
    })
    await (ben as TestSocket).request('send_messages', {
      stream: threadStream(thread._id),
      messages: [{ message_data: 'apple in the thread', cid: randomUUID() }],
    })
    const admin = await chat.connect('admin', { role: 'admin' })
    await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
    const ticket = await (ann as TestSocket).request('create_ticket', {
      product: 'billing',
      cid: randomUUID(),
    })
    const inTicket = { ticket_id: ticket._id, message_data: 'apple in the ticket', cid: randomUUID() }
    await (ann as TestSocket).request('ticket_message_event', inTicket)
    await eventually(ann as TestSocket, 'apple', 4)
    const all = ['the lobby', 'the room', 'the thread', 'the ticket']
    expect(await foundBy(ann, 'apple', 'apple in ')).toEqual(all.toSorted())
    expect(await foundBy(ben, 'apple', 'apple in ')).toEqual(['the lobby', 'the room', 'the thread'])
    expect(await foundBy(eve, 'apple', 'apple in ')).toEqual([])
    expect(await foundBy(agent, 'apple', 'apple in ')).toEqual(['the ticket'])

    expect(await foundBy(ben, 'apple', 'apple in ', { rooms: [room] })).toEqual(['the room', 'the thread'])
    expect(await foundBy(eve, 'apple', 'apple in ', { rooms: ['lobby'] })).toEqual(['the lobby'])
    expect(await foundBy(agent, 'apple', 'apple in ', { tickets: [ticket._id] })).toEqual(['the ticket'])
    expect(await foundBy(ann, 'apple', 'apple in ', { from: 'ben' })).toEqual(['the lobby', 'the thread'])
    for (const named of [
      { rooms: [room] },
      { tickets: [ticket._id] },
      { rooms: ['lobby', `~${randomUUID()}`] },
    ])
      expect(await (eve as TestSocket).ask('search', { text: 'apple', ...named })).toMatchObject({
        error: { code: 'not_found' },
      })

    // Before the room is on a list, which is written behind its join.
    await (eve as TestSocket).request('join', { room: 'lobby' })
    expect(await foundBy(eve, 'apple', 'apple in ')).toEqual(['the lobby'])

    await (ann as TestSocket).request('remove_members', { room, members: ['ben'] })
    expect(await foundBy(ben, 'apple', 'apple in ')).toEqual(['the lobby'])
    await (ben as TestSocket).request('leave_room', { room: 'lobby' })
    expect(await foundBy(ben, 'apple', 'apple in ')).toEqual([])
    const other = await chat.connect('ann', { workspace_id: 'other', api_key: 'other-key' })
    expect(await other.ask('search', { text: 'apple' })).toMatchObject({ error: { code: 'forbidden' } })
  })

  it('[FT4] finds at once what a message has become, and nothing of one that is gone', async () => {
    const [store, keyPepper] = [await embeddedStore({ path: ':memory:' }), 'the pepper of the server']
    const chat = await openChat(onTestFinished, { workspaces: searchWorkspaces, store, keyPepper })
    const ann = await chat.connect('ann')
    await ann.request('join', { room: 'lobby' })
    const one = await say(ann, 'lobby', 'apple one')
    const two = await say(ann, 'lobby', 'apple two')
    await say(ann, 'lobby', 'apple three')
    await eventually(ann, 'apple', 3)
    await edit(ann, one, 'plum one')
    await remove(ann, two)
    expect(await found(ann, 'apple')).toEqual(['apple three'])
    expect(await found(ann, 'plum')).toEqual(['plum one'])
    const operator = await chat.connect('operator', await operatorAuth(store, keyPepper, ['erase']))
    await eraseAll(operator, 'ann')
    const ben = await chat.connect('ben')
    await ben.request('join', { room: 'lobby' })
    for (const text of ['apple', 'plum']) expect(await found(ben, text)).toEqual([])
  })

  it('[FT5] answers page by page, and what others write meanwhile comes in none of them', async () => {
    const chat = await open()
    const ann = await chat.connect('ann')
    await ann.request('join', { room: 'lobby' })
    for (const n of range(1, 70)) await say(ann, 'lobby', `apple ${n}${n % 10 === 0 ? ' ripe' : ''}`)
    await eventually(ann, 'apple 70', 1)
    const texts: string[] = []
    let pages = 0
    for (let before: string | null = ''; before !== null; pages++) {
      const page = await searched(ann, 'apple', { limit: 30, ...(before !== '' && { before }) })
      texts.push(...page.hits.map(({ message }) => message.message_data.split(' ')[1] ?? ''))
      expect(page.more).toBe(page.before !== null)
      before = page.before
      if (pages === 0) await say(ann, 'lobby', 'apple late')
    }
    expect(texts.map(Number)).toEqual(range(1, 70).toReversed())
    expect((await found(ann, 'ripe app')).length).toBe(7)
  })

  it('[FT6] is there only in workspaces that want it', async () => {
    const chat = await open()
    const names = async (workspace_id: string) =>
      (await (await chat.connect('ann', { workspace_id, api_key: `${workspace_id}-key` })).first('hello')).can
    expect(await names('demo')).toContain('search')
    expect(await names('other')).not.toContain('search')
  })

  it('[FT7] says that messages may be missing, until those from before are indexed', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    await store.streams.append({ workspace_id: 'demo', stream: 'room:lobby' }, [
      draft({ message_data: 'apple' }),
    ])
    let isHeld = true
    const index: typeof store.search.index = async (keys) => (isHeld ? [...keys] : store.search.index(keys))
    const held = { ...store, search: { ...store.search, index } }
    const chat = await openChat(onTestFinished, { workspaces: searchWorkspaces, store: held })
    const ann = await chat.connect('ann')
    await ann.request('join', { room: 'lobby' })
    const missing = { hits: [], indexed_until: '1970-01-01T00:00:00.000Z' }
    expect(await searched(ann, 'apple')).toMatchObject(missing)
    isHeld = false
    await eventually(ann, 'apple', 1)
    const patience = { timeout: 20_000, interval: 100 }
    await expect.poll(async () => (await searched(ann, 'apple')).indexed_until, patience).toBeNull()
  })
})

it('[FT12] has the store tidy its index once it has looked through what there is', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const answers: boolean[] = []
  const tidy = async () => {
    const hasMore = await store.search.tidy()
    answers.push(hasMore)
    return hasMore
  }
  await openChat(onTestFinished, {
    store: { ...store, search: { ...store.search, tidy } },
    workspaces: searchWorkspaces,
  })
  await expect.poll(() => answers.at(-1)).toBe(false)
})
