import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { openChat, until } from '../testing/chat.ts'
import { keptOf, outgoingOf } from './keeping.ts'
import type { KeptMessage } from './kept-box.ts'

const mentions = [{ user_id: 'bob', start: 0, end: 4 }]

it('[CW7] shows what a reply answers at once, and sends what goes with it', async () => {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const text = 'a😀'.repeat(300)
  fake.receive(fixtures.message({ stream: 'room:r', author: 'bob', message_data: text }))
  const room = fake.rooms.messages('r')
  onTestFinished(room.retain())
  const { messages } = await until(room, (state) => state.sync === 'live' && state.messages.length === 1)
  const [answered] = messages
  if (!answered) throw new Error('Nothing is shown')
  const answer = fake.hold('message_event')
  const sending = room.send('@bob yes', { replyTo: answered, mentions, metadata: { a: 1 } })
  const { _id, seq, nth } = answered.message
  const quote = { _id, seq, nth, author: 'bob', message_data: 'a😀'.repeat(100) }
  expect(room.getSnapshot().messages[1]?.message).toMatchObject({
    ...{ reply_to: _id, quote, mentions, metadata: { a: 1 } },
  })
  await expect
    .poll(() => fake.requests.find(({ name }) => name === 'message_event')?.payload)
    .toMatchObject({ reply_to: _id, reply_seq: 1, mentions, metadata: { a: 1 } })
  answer()
  await sending
})

it('[CW7] refuses at the call a reply to what is not sent yet, and metadata that is too large', async () => {
  const { client } = await openChat()
  const room = client('ann').rooms.messages('r')
  void room.send('Hello')
  const [unsent] = room.getSnapshot().messages
  if (!unsent) throw new Error('Nothing is shown')
  await expect(room.send('Hi', { replyTo: unsent })).rejects.toMatchObject({ code: 'invalid_payload' })
  const metadata = { text: 'x'.repeat(5_000) }
  await expect(room.send('Hi', { metadata })).rejects.toMatchObject({ code: 'invalid_payload' })
  expect(room.getSnapshot().messages).toHaveLength(1)
})

it('[CW7] keeps all of it over a reload', () => {
  const extras = {
    ...{ reply_seq: 1, mentions, metadata: { a: 1 }, parent: { stream: 'room:r', seq: 1 } },
    quote: { _id: 'm', seq: 1, nth: 1, author: 'bob', display_name: null, message_data: 'Hello' },
  }
  const kept: KeptMessage = {
    ...{ cid: 'c', stream: 'thread:m', message_data: 'Hi', reply_to: 'm', created_at: 'now', extras },
  }
  expect(keptOf('thread:m', outgoingOf(JSON.parse(JSON.stringify(kept))))).toEqual(kept)
  const { extras: _, ...plain } = kept
  expect(keptOf('thread:m', outgoingOf(plain))).toEqual(plain)
})
