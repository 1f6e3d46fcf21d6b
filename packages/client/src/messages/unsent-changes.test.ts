import { expect, it, onTestFinished } from 'vitest'
import { RequestError } from '../errors.ts'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'

/** A room that ann holds, with many messages of bob's. */
async function openRoom() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  for (let n = 0; n < 120; n++)
    fake.receive(fixtures.message({ stream: 'room:r', author: 'bob', cid: crypto.randomUUID() }))
  const room = fake.rooms.messages('r')
  const leave = room.retain()
  onTestFinished(leave)
  await until(room, ({ sync }) => sync === 'live')
  // The part with the changes is there.
  await room.jumpTo('end')
  const last = () => {
    const row = room.getSnapshot().messages.at(-1)
    if (!row) throw new Error('Nothing is shown')
    return row
  }
  const said = (name: string) =>
    fake.requests.flatMap((one) =>
      one.name === name ? [(one.payload as { message_data: string }).message_data] : [],
    )
  return { fake, room, leave, last, said }
}

const reasonOf = (failing: Promise<unknown>): Promise<RequestError> =>
  failing.then(
    () => Promise.reject(new Error('It has worked')),
    (error: RequestError) => error,
  )

const sent =
  (delivery: string) =>
  ({ messages }: { messages: readonly { delivery: string }[] }) =>
    messages.at(-1)?.delivery === delivery

it('[CW4] removes a message that was sent after its row was shown', async () => {
  const { fake, room, last, said } = await openRoom()
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  const sending = room.send('oops')
  // As a dialog that asks has it.
  const row = last()
  await fake.goOnline()
  await sending
  await until(room, sent('sent'))
  expect(await room.remove(row)).toMatchObject({ cid: row.key, kind: 'removed' })
  expect([last().message.kind, said('delete_message').length]).toEqual(['removed', 1])
})

it('[OX8] discards changes that wait with the messages that do, and none that is on its way', async () => {
  const { fake, room, last, said } = await openRoom()
  await room.send('Helo')
  await until(fake.outbox, ({ status }) => status === 'sent')
  const answer = fake.hold('react')
  const reacting = room.react(last(), 'heart')
  await expect.poll(() => fake.requests.some(({ name }) => name === 'react')).toBe(true)
  const behind = reasonOf(room.edit(last(), 'Hello'))
  fake.outbox.discardAll()
  expect(await behind).toMatchObject({ code: 'discarded', request: 'edit_message', retryable: false })
  expect(last()).toMatchObject({ reactions: [{ reaction: 'heart' }], message: { message_data: 'Helo' } })
  expect(fake.outbox.getSnapshot()).toMatchObject({ status: 'sending', unsent: 1 })
  answer()
  await reacting

  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  const waiting = [reasonOf(room.edit(last(), 'Hello')), reasonOf(room.unreact(last(), 'heart'))]
  fake.outbox.discardAll()
  expect(fake.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0 })
  expect(last()).toMatchObject({ status: 'unchanged', reactions: [{ isOwn: true }] })
  expect(last().message.message_data).toBe('Helo')
  for (const reason of waiting) expect(await reason).toMatchObject({ code: 'discarded' })
  const editing = room.edit(last(), 'Hello, everybody')
  await fake.goOnline()
  await editing
  expect(said('edit_message')).toEqual(['Hello, everybody'])
  expect(fake.requests.some(({ name }) => name === 'unreact')).toBe(false)
})

it('[OX8] sends what is asked for while all is being discarded', async () => {
  const { fake, room, last, said } = await openRoom()
  await room.send('Hello')
  await until(fake.outbox, ({ status }) => status === 'sent')
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  const waiting = [room.react(last(), 'heart'), room.react(last(), 'tada')].map(reasonOf)
  let reacting: Promise<unknown> | undefined
  const stop = room.subscribe(() => {
    stop()
    reacting = room.react(last(), 'fire')
  })
  fake.outbox.discardAll()
  for (const reason of waiting) expect(await reason).toMatchObject({ code: 'discarded' })
  await fake.goOnline()
  await reacting
  await room.edit(last(), 'Hello, everybody')
  expect(said('edit_message')).toEqual(['Hello, everybody'])
  expect(fake.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0 })
})

it('[OX8] discards a change from a listener that is told of it', async () => {
  const { fake, room, last } = await openRoom()
  await room.send('Hello')
  await until(fake.outbox, ({ status }) => status === 'sent')
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  const stop = fake.outbox.subscribe(() => fake.outbox.discardAll())
  expect(await reasonOf(room.react(last(), 'heart'))).toMatchObject({ code: 'discarded' })
  stop()
  expect(fake.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0 })
})

it('[OX8] knows who has reacted once changes of it are discarded', async () => {
  const { fake, room, last } = await openRoom()
  await room.send('Hello')
  await room.react(last(), 'heart')
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  const waiting = [reasonOf(room.unreact(last(), 'heart')), reasonOf(room.react(last(), 'heart'))]
  fake.outbox.discardAll()
  for (const reason of waiting) expect(await reason).toMatchObject({ code: 'discarded' })
  expect(last()).toMatchObject({ reactions: [{ isOwn: true }] })
})

it('[OX9] says that a change of a message is not sent yet, and would be lost with the page', async () => {
  const { fake, room, last } = await openRoom()
  await room.send('Helo')
  await until(fake.outbox, ({ status }) => status === 'sent')
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  const changing = [room.edit(last(), 'Hello'), room.react(last(), 'heart')]
  expect(fake.outbox.getSnapshot()).toMatchObject({ status: 'waiting', unsent: 2, failed: 0, isKept: false })
  await fake.goOnline()
  await Promise.all(changing)
  expect(fake.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0 })
  fake.fail('edit_message', 'forbidden')
  await expect(room.edit(last(), 'No')).rejects.toMatchObject({ code: 'forbidden' })
  expect(fake.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0, failed: 0 })
})

it('[CW4] discards once what is removed twice', async () => {
  const { fake, room, last, said } = await openRoom()
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  void room.send('oops')
  const row = last()
  expect(await Promise.all([room.remove(row), room.remove(row)])).toEqual([null, null])
  expect([room.getSnapshot().messages.length, said('delete_message')]).toEqual([50, []])
})

it('[CW4] keeps the order of edits when a message that was under way has to wait', async () => {
  const { fake, room, last, said } = await openRoom()
  const body = { code: 'rate_limited', message: 'Slow mode', retryable: true } as const
  const slow = new RequestError('message_event', {
    ...body,
    retry_after_ms: 500,
    details: { slow_mode_ms: 500 },
  })
  fake.answer('message_event', () => {
    throw slow
  })
  const refuse = fake.hold('message_event')
  void room.send('first')
  const edits = [room.edit(last(), 'second')]
  await until(room, () => last().message.message_data === 'second')
  refuse()
  await until(room, () => last().discard !== null)
  fake.succeed('message_event')
  edits.push(room.edit(last(), 'third'))
  expect(last().message.message_data).toBe('third')
  await Promise.all(edits)
  expect([last().message.message_data, last().status]).toEqual(['third', 'unchanged'])
  expect(said('edit_message')).toEqual(['second', 'third'])
})

it('[CW4] keeps an edit of what was under way and has failed for another try', async () => {
  const { fake, room, last, said } = await openRoom()
  fake.fail('message_event', 'limit_reached')
  const refuse = fake.hold('message_event')
  void room.send('first')
  const row = last()
  const edits = [room.edit(row, 'second'), room.edit(row, 'third', { mentions: [] })]
  const reacting = room.react(row, '👍')
  await until(room, () => last().message.message_data === 'third')
  refuse()
  for (const failing of [...edits, reacting])
    expect(await reasonOf(failing)).toMatchObject({ code: 'limit_reached' })
  expect(last()).toMatchObject({ delivery: 'failed', status: 'unchanged', error: { code: 'limit_reached' } })
  expect(last().message.message_data).toBe('third')
  fake.succeed('message_event')
  expect(await last().retry?.()).toMatchObject({ message_data: 'third' })
  await until(room, sent('sent'))
  expect(last()).toMatchObject({ status: 'unchanged', error: null })
  expect(said('edit_message')).toEqual([])
})

it('[CW4] discards what was removed under way and has failed', async () => {
  const { fake, room, last, said } = await openRoom()
  fake.fail('message_event', 'forbidden')
  const refuse = fake.hold('message_event')
  const sending = room.send('oops')
  const removing = room.remove(last())
  await until(room, () => last().message.kind === 'removed')
  refuse()
  expect(await reasonOf(sending)).toMatchObject({ code: 'forbidden' })
  expect(await removing).toBeNull()
  await until(room, sent('sent'))
  expect(fake.outbox.getSnapshot()).toMatchObject({ status: 'sent', failed: 0 })
  expect(said('delete_message')).toEqual([])
})

it('[CW4] refuses at once what is to become of a message that has failed', async () => {
  const { fake, room, last } = await openRoom()
  fake.fail('message_event', 'limit_reached')
  await reasonOf(room.send('never'))
  expect(await reasonOf(room.pin(last()))).toMatchObject({ code: 'limit_reached' })
  expect(last()).toMatchObject({ delivery: 'failed', status: 'unchanged' })
})

it('[CW4] changes what was under way while another place is shown', async () => {
  const { fake, room, last, said } = await openRoom()
  const answer = fake.hold('message_event')
  void room.send('teh')
  const editing = room.edit(last(), 'the')
  await room.jumpTo(20)
  expect(room.getSnapshot().hasNewer).toBe(true)
  answer()
  expect(await editing).toMatchObject({ message_data: 'the' })
  expect(said('edit_message')).toEqual(['the'])
})

it('[CW4] changes what was under way in a conversation that was left', async () => {
  const { fake, room, leave, last, said } = await openRoom()
  const answer = fake.hold('message_event')
  void room.send('teh')
  const editing = room.edit(last(), 'the')
  leave()
  await until(room, ({ sync }) => sync === 'offline')
  fake.fail('edit_message', 'unavailable')
  answer()
  await expect.poll(() => said('edit_message')).toEqual(['the'])
  fake.succeed('edit_message')
  expect(await editing).toMatchObject({ message_data: 'the' })
})
