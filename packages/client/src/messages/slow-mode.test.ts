import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { openChat, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'
import type { StreamState } from './stream-state.ts'

const hourMs = 3_600_000

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** Ben, in a room of ann's with slow mode. */
async function openSlowRoom(slow_mode_ms: number) {
  const { client } = await openChat()
  const [ann, ben] = [await online(client('ann')), await online(client('ben'))]
  const { _id: room } = await ann.rooms.create({ kind: 'members', members: ['ben'] })
  await ann.rooms.update(room, { slow_mode_ms })
  const stream = ben.rooms.messages(room)
  onTestFinished(stream.retain())
  await until(stream, ({ sync }) => sync === 'live')
  return { ann, ben, room, stream }
}

it('[MO16] waits out slow mode by itself, says in the rows until when, and keeps the order', async () => {
  const { stream } = await openSlowRoom(1_500)
  const began = Date.now()
  const sent = ['a', 'b', 'c'].map((text) => stream.send(text))
  await sent[0]
  const waitsOf = ({ messages }: StreamState) =>
    messages.map((row) => ('waitsUntil' in row ? row.waitsUntil : null))
  const waiting = await until(stream, (state) =>
    waitsOf(state)
      .slice(1)
      .every((at) => at !== null),
  )
  const [first, second, third] = waitsOf(waiting)
  expect(first).toBe(null)
  expect(Number(third) - Number(second)).toBe(1_500)
  expect(Number(second) - began).toBeLessThan(10_000)
  expect(waiting.messages[1]).toMatchObject({ delivery: 'sending', error: null })

  await Promise.all(sent)
  expect(Date.now() - began).toBeGreaterThan(2_900)
  const { messages } = await until(stream, (state) =>
    state.messages.every(({ delivery }) => delivery === 'sent'),
  )
  expect(textsOf(messages)).toEqual(['a', 'b', 'c'])
})

it('[MO16] sends at once what waits when slow mode ends, and lets nothing else wait meanwhile', async () => {
  const { ann, ben, room, stream } = await openSlowRoom(hourMs)
  const sent = ['a', 'b', 'c'].map((text) => stream.send(text))
  await sent[0]
  await until(stream, ({ messages }) =>
    messages.some((row) => 'waitsUntil' in row && row.waitsUntil !== null),
  )
  const later = stream.send('d')
  const rows = stream.getSnapshot().messages
  const last = rows.at(-1)
  expect(last?.delivery === 'sending' && Number(last.waitsUntil) - Date.now()).toBeGreaterThan(2 * hourMs)
  // What the room makes wait is discarded like anything that waits.
  void rows[1]?.discard?.()
  await expect(sent[1]).rejects.toMatchObject({ code: 'discarded' })
  expect(await ben.rooms.messages('lobby').send('Hello')).toMatchObject({ message_data: 'Hello' })
  expect(await ben.topics.list().getSnapshot()).toBeTruthy()

  await ann.rooms.update(room, { slow_mode_ms: 0 })
  await Promise.all([sent[2], later])
  const { messages } = await until(stream, (state) => state.messages.length === 3)
  expect(textsOf(messages)).toEqual(['a', 'c', 'd'])
})

it('[MO16] changes at once what slow mode makes wait, since it was never stored', async () => {
  const { stream } = await openSlowRoom(hourMs)
  await stream.send('a')
  const end = stream.send('b').catch((error: unknown) => error)
  const { messages } = await until(stream, (state) => {
    const last = state.messages[1]
    return last !== undefined && 'waitsUntil' in last && last.waitsUntil !== null
  })
  const [, row] = messages
  if (!row) throw new Error('Nothing waits')
  void stream.edit(row, 'c')
  await until(stream, (state) => state.messages[1]?.message.message_data === 'c')
  expect(stream.getSnapshot().messages[1]).toMatchObject({ status: 'unchanged', delivery: 'sending' })
  expect(await stream.remove(row)).toBeNull()
  expect(await end).toMatchObject({ code: 'discarded' })
  expect(textsOf(stream.getSnapshot().messages)).toEqual(['a'])
})

it('[MO16] says why a muted member’s message failed, and sends it again when the person asks', async () => {
  const { ann, room, stream } = await openSlowRoom(0)
  const muted = await ann.rooms.mute(room, 'ben', hourMs)
  const members = ann.rooms.members(room)
  onTestFinished(members.retain())
  await until(members, ({ items }) => items.some(({ muted_until }) => muted_until === muted.muted_until))
  await expect(stream.send('Hi')).rejects.toMatchObject({
    code: 'forbidden',
    details: { muted_until: muted.muted_until },
  })
  const [row] = stream.getSnapshot().messages
  expect(row).toMatchObject({ delivery: 'failed', error: { code: 'forbidden' } })
  await ann.rooms.unmute(room, 'ben')
  expect((await row?.retry?.())?.message_data).toBe('Hi')
})
