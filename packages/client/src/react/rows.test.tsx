import { memo, type ReactNode } from 'react'
import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import type { MessageRow } from '../messages/message-rows.ts'
import { ChatProvider } from './chat-provider.tsx'
import { mount } from './testing/mount.tsx'
import { useMessages } from './use-messages.ts'

/** A page that shows a room, and counts how often each of its rows is rendered. */
async function openPage(room: string) {
  const fake = createFakeClient({ user_id: 'ann', role: 'admin' })
  onTestFinished(() => fake.close())
  for (const text of ['one', 'two', 'three']) fake.receive(messageOf(room, text))
  const renders: string[] = []
  const Row = memo(function Row({ row: { message } }: { readonly row: MessageRow }): ReactNode {
    renders.push(message.message_data)
    return <li>{message.message_data}</li>
  })
  function List(): ReactNode {
    const { messages } = useMessages(room)
    return messages.map((row) => <Row key={row.key} row={row} />)
  }
  const { container } = mount(
    <ChatProvider client={fake}>
      <List />
    </ChatProvider>,
  )
  await expect.poll(() => container.textContent).toBe('onetwothree')
  await expect.poll(() => fake.requests.some(({ name }) => name === 'get_blocked_users')).toBe(true)
  // What follows the first messages.
  await fake.request.get_all_topics({})
  /** What was rendered meanwhile. */
  async function renderedBy(event: () => unknown): Promise<string[]> {
    renders.length = 0
    await event()
    await fake.request.get_all_topics({})
    await new Promise((resolve) => setTimeout(resolve, 20))
    return renders
  }
  return { fake, renderedBy }
}

const messageOf = (room: string, message_data: string) =>
  fixtures.message({ stream: `room:${room}`, author: 'bob', message_data })

it('[CW1, CW3] renders one row for a reaction, an edit, a mention or a removal, and none for what is elsewhere', async () => {
  const { fake, renderedBy } = await openPage('lobby')
  const stream = 'room:lobby'
  const room = fake.rooms.messages('lobby')
  const idOf = (at: number) => room.getSnapshot().messages[at]?.message._id ?? ''
  const target = { stream, seq: 2, message_id: idOf(1), cid: crypto.randomUUID() }
  expect(await renderedBy(() => fake.request.react({ ...target, reaction: '👍' }))).toEqual(['two'])
  expect(await renderedBy(() => fake.request.pin_message(target))).toEqual(['two'])
  expect(
    await renderedBy(() => fake.request.delete_message({ ...target, seq: 3, message_id: idOf(2) })),
  ).toEqual([''])
  expect(await renderedBy(() => fake.receive(messageOf('lobby', 'four')))).toEqual(['four'])
  const typing = { stream, user_id: 'bob', display_name: 'Bob', is_typing: true }
  expect(await renderedBy(() => fake.push('typing', typing))).toEqual([])
  expect(await renderedBy(() => fake.receive(messageOf('elsewhere', 'five')))).toEqual([])
  const reader = fixtures.reader({ stream, nth: 3, version: 9 })
  expect(await renderedBy(() => fake.push('reader_changed', { data: reader }))).toEqual([])
  // Shown, and confirmed.
  const own = await renderedBy(() =>
    room.react(fake.rooms.messages('lobby').getSnapshot().messages[0] as MessageRow, '🎉'),
  )
  expect(new Set(own)).toEqual(new Set(['one']))
  expect(own.length).toBeLessThanOrEqual(2)
})

it('[PG24] renders one row for each step of a draft, and once more when its message comes', async () => {
  const { fake, renderedBy } = await openPage('lobby')
  const draft = { stream: 'room:lobby', cid: crypto.randomUUID(), author: 'bot', display_name: 'Bot' }
  const step = (n: number, from: number, text: string) => () =>
    fake.push('message_draft', { ...draft, n, from, text, is_over: false })
  expect(await renderedBy(step(1, 0, 'Well'))).toEqual(['Well'])
  expect(await renderedBy(step(2, 4, ', it is'))).toEqual(['Well, it is'])
  const message = fixtures.message({ ...draft, message_data: 'Well, it is so' })
  expect(await renderedBy(() => fake.receive(message))).toEqual(['Well, it is so'])
  expect(await renderedBy(step(3, 11, ' so'))).toEqual([])
})
