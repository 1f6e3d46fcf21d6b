import { expect, it, onTestFinished, vi } from 'vitest'
import type { ChatClient } from '../client.ts'
import { createFakeClient } from '../fake-client/create-fake-client.ts'
import { fixtures } from '../fake-client/fixtures.ts'
import { openChat, until } from '../testing/chat.ts'

const stream = 'room:lobby'
const types = (user_id: string, is_typing = true) => ({
  stream,
  user_id,
  display_name: `${user_id} name`,
  is_typing,
})

/** A fake client that follows who types in the lobby, once its code is loaded. */
async function following() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const typing = fake.presence.typing('lobby')
  onTestFinished(typing.retain())
  await vi.waitFor(() => {
    fake.push('typing', types('eve'))
    expect(typing.getSnapshot().typing).toHaveLength(1)
  }, 30_000)
  fake.push('typing', types('eve', false))
  await expect.poll(() => typing.getSnapshot().typing).toEqual([])
  return { fake, typing, said: () => fake.requests.filter(({ name }) => name === 'typing') }
}

function useClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
}

async function inLobby(client: ChatClient): Promise<void> {
  client.connect()
  const messages = client.rooms.messages('lobby')
  onTestFinished(messages.retain())
  await until(messages, ({ sync }) => sync === 'live')
}

it('[PR20] shows who else is writing in a conversation, until they stop, send it or are gone', async () => {
  const { client } = await openChat()
  const [ann, ben] = [client('ann'), client('ben', { name: 'Ben' })]
  for (const one of [ann, ben]) await inLobby(one)
  const typing = ann.presence.typing('lobby')
  onTestFinished(typing.retain())
  const own = ben.presence.typing('lobby')
  onTestFinished(own.retain())
  await vi.waitFor(async () => {
    own.keystroke()
    await ben.request.get_all_topics({})
    expect(typing.getSnapshot().typing).toEqual([{ user_id: 'ben', display_name: 'Ben' }])
    own.stop()
  }, 30_000)
  await until(typing, (state) => state.typing.length === 0)
  await vi.waitFor(() => {
    own.keystroke()
    expect(typing.getSnapshot().typing).toHaveLength(1)
  }, 30_000)
  await ben.rooms.messages('lobby').send('Hello')
  await until(typing, (state) => state.typing.length === 0)
  expect(own.getSnapshot().typing).toEqual([])
})

it('[PR21] lets go of those who do not say it again, and of everybody without a connection', async () => {
  const { fake, typing } = await following()
  const names = () => typing.getSnapshot().typing.map(({ user_id }) => user_id)
  useClock()
  const push = async (...args: Parameters<typeof types>): Promise<void> => {
    fake.push('typing', types(...args))
    await vi.advanceTimersByTimeAsync(0)
  }
  await push('ben')
  await vi.advanceTimersByTimeAsync(4_000)
  await push('cem')
  const before = typing.getSnapshot()
  await push('cem')
  expect(names()).toEqual(['ben', 'cem'])
  expect(typing.getSnapshot()).toBe(before)
  await vi.advanceTimersByTimeAsync(2_001)
  expect(names()).toEqual(['cem'])
  await vi.advanceTimersByTimeAsync(6_000)
  expect(names()).toEqual([])
  for (let n = 0; n < 30; n++) await push(`user ${n}`)
  await push('ann')
  fake.push('typing', { ...types('ben'), stream: 'room:elsewhere' })
  fake.receive(fixtures.message({ stream, author: 'user 3' }))
  await vi.advanceTimersByTimeAsync(0)
  expect(names()).toHaveLength(19)
  expect(names()).not.toContain('user 3')
  fake.goOffline()
  await vi.advanceTimersByTimeAsync(0)
  expect(names()).toEqual([])
})

it('[PR22] says at most every 3 seconds that the user is writing, and once that they have stopped', async () => {
  const { fake, typing, said } = await following()
  typing.keystroke()
  await expect.poll(said).toHaveLength(1)
  useClock()
  typing.stop()
  await vi.advanceTimersByTimeAsync(0)
  expect(said().map(({ payload }) => payload)).toEqual([
    { stream, is_typing: true },
    { stream, is_typing: false },
  ])
  typing.stop()
  for (let n = 0; n < 61; n++) {
    typing.keystroke()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(said()).toHaveLength(2 + 3)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(said().at(-1)?.payload).toEqual({ stream, is_typing: false })
  const count = said().length
  fake.goOffline()
  typing.keystroke()
  typing.stop()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(said()).toHaveLength(count)
})
