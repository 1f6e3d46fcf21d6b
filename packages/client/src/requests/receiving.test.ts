import { expect, it, onTestFinished } from 'vitest'
import { RequestError } from '../errors.ts'
import { openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer, type Play, refusalOf } from '../testing/fake-server.ts'
import { textsOf } from '../testing/texts-of.ts'

const text = (seq: number, changes: object = {}) => ({
  ...{ _id: `id${seq}`, stream: 'room:lobby', seq, nth: seq, type: 'message', kind: 'text', cid: `c${seq}` },
  ...{ message_data: `Text ${seq}`, author: 'bob', display_name: null, reply_to: null, ticket_later: 1 },
  ...{ created_at: '2026-01-01T00:00:00.000Z', client_created_at: null, ...changes },
})
const reaction = (seq: number) => ({ _id: `id${seq}`, seq, type: 'reaction', emoji: '👍', targets: 1 })

const page = (entries: readonly { seq: number; _id: string }[], changes: object = {}) => {
  const last = entries.at(-1)
  const head = { seq: last?.seq ?? 0, nth: last?.seq ?? 0, id: last?._id ?? null }
  return { stream: 'room:lobby', epoch: 'e', head, first_seq: 1, entries, more: false, ...changes }
}

async function openLater(play: Partial<Play> = {}) {
  const fake = await openFakeServer({ admit: () => helloOf('ann'), ...play })
  const ann = openClient(fake.url, 'ann')
  onTestFinished(ann.connect())
  return { ...fake, ann }
}

it('[SE1] counts entries of types that it does not know, from pages and pushes, and shows nothing for them', async () => {
  const { ann, sockets, received } = await openLater({
    answers: { join: () => page([text(1), reaction(2), text(3), reaction(4)]) },
  })
  const lobby = ann.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  await until(lobby, ({ sync }) => sync === 'live')
  const push = (...entries: object[]) =>
    sockets[0]?.emit('entries', { stream: 'room:lobby', epoch: 'e', entries })
  push(reaction(5))
  push(text(6), reaction(7), text(8))
  const { messages } = await until(lobby, (state) => state.messages.length === 4)
  expect(textsOf(messages)).toEqual(['Text 1', 'Text 3', 'Text 6', 'Text 8'])
  // No hole: nothing was fetched.
  expect(received.map(([event]) => event)).toEqual(['join'])
})

it('[SE1] continues from an entry of a type that it does not know', async () => {
  const { ann, received, sockets } = await openLater({
    answers: { join: ({ position }: { position?: object }) => page(position ? [] : [text(1), reaction(2)]) },
  })
  const lobby = ann.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  await until(lobby, ({ sync }) => sync === 'live')
  sockets[0]?.conn.close()
  await expect.poll(() => received.length).toBe(2)
  expect(received[1]).toEqual(['join', { room: 'lobby', position: { epoch: 'e', seq: 2, id: 'id2' } }])
})

it('[SE2] shows a message of a kind that it does not know as the text that it has', async () => {
  const { ann } = await openLater({
    answers: { join: () => page([text(1, { kind: 'poll', options: ['yes', 'no'] })]) },
  })
  const lobby = ann.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  const { messages } = await until(lobby, ({ sync }) => sync === 'live')
  expect(messages).toMatchObject([{ message: { kind: 'poll', message_data: 'Text 1' }, delivery: 'sent' }])
  expect(messages[0]?.message).not.toHaveProperty('options')
})

it('[SE2] keeps roles, reasons and codes that it does not know', async () => {
  const reset = { reason: 'archived' }
  const error = { ...refusalOf('conflict'), code: 'room_archived', retryable: false }
  const { ann, sockets } = await openLater({
    admit: () => helloOf('ann', { role: 'supervisor', can: ['join', 'archive_room'] }),
    answers: {
      join: () => page([text(1)], { reset }),
      get_entries: () => page([text(2)], { reset }),
      endCall: () => ({ callId: 'c', reason: 'moved' }),
      leave: () => ({ status: 'failure', data: 'No', error }),
    },
  })
  const { session } = await until(ann.connection, ({ status }) => status === 'online')
  expect(session).toMatchObject({ role: 'supervisor', can: ['join', 'archive_room'] })

  expect((await ann.request.join({ room: 'lobby' })).reset).toEqual(reset)
  expect(await ann.request.endCall({ callId: 'c' })).toEqual({ callId: 'c', reason: 'moved' })
  const failure = await ann.request.leave({ room: 'lobby' }).catch((reason: unknown) => reason)
  expect(failure).toBeInstanceOf(RequestError)
  expect(failure).toMatchObject({ code: 'room_archived', retryable: false })

  const ends: unknown[] = []
  ann.on.callEnded((end) => ends.push(end))
  sockets[0]?.emit('callEnded', { callId: 'c', reason: 'moved' })
  await expect.poll(() => ends).toEqual([{ callId: 'c', reason: 'moved' }])
})

it('[SE3] reads a nullable field that an earlier server does not have as null, and refuses what lacks more', async () => {
  const topic = {
    ...{ _id: 't', name: 'billing', created_at: '2026-01-01T00:00:00.000Z', strategy: 'least_loaded' },
    targets: { first_answer: null, solved: null },
  }
  let topics: object[] = [topic]
  const { ann } = await openLater({ answers: { get_all_topics: () => topics } })
  await until(ann.connection, ({ status }) => status === 'online')
  expect(await ann.request.get_all_topics({})).toEqual([
    { ...topic, title: null, hours: null, away_text: null, client_created_at: null },
  ])
  topics = [{ _id: 't' }]
  await expect(ann.request.get_all_topics({})).rejects.toMatchObject({ code: 'unreadable' })
})
