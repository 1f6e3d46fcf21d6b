import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import type { SentRow } from './message-rows.ts'

const like = '👍'

/** A room that ann holds, with two messages of bob's and one of ann's. */
async function openRoom() {
  const fake = createFakeClient({ user_id: 'ann', role: 'admin' })
  onTestFinished(() => fake.close())
  for (const author of ['bob', 'ann', 'bob'])
    fake.receive(fixtures.message({ stream: 'room:r', author, cid: crypto.randomUUID() }))
  const room = fake.rooms.messages('r')
  onTestFinished(room.retain())
  await until(room, ({ sync, messages }) => sync === 'live' && messages.length === 3)
  const row = (at: number): SentRow => {
    const found = room.getSnapshot().messages[at]
    if (found?.delivery !== 'sent') throw new Error(`There is no message ${at}`)
    return found
  }
  const sent = (name: string) =>
    fake.requests.filter((one) => one.name === name).map(({ payload }) => payload)
  return { fake, room, row, sent }
}

const reasonOf = (failing: Promise<unknown>) =>
  failing.then(
    () => undefined,
    (error: unknown) => error,
  )

it('[CW3] shows a reaction at once on its row alone, and the others’ with it', async () => {
  const { fake, room, row } = await openRoom()
  const before = [row(0), row(1), row(2)]
  const answer = fake.hold('react')
  const reacting = room.react(row(0), like)
  await until(room, () => row(0).status === 'changing')
  expect(row(0).reactions).toEqual([{ reaction: like, count: 1, user_ids: ['ann'], isOwn: true }])
  expect([row(1) === before[1], row(2) === before[2], row(0).key]).toEqual([true, true, before[0]?.key])
  answer()
  await reacting
  expect(row(0)).toMatchObject({ status: 'unchanged', error: null, message: { version: 4 } })
  expect(row(0).reactions).toEqual([{ reaction: like, count: 1, user_ids: ['ann'], isOwn: true }])
  await room.unreact(row(0), like)
  expect(row(0).reactions).toEqual([])
})

it('[CH3, CW3] shows an emoji as one reaction, however it asks for colors', async () => {
  const { fake, room, row } = await openRoom()
  const heart = { reaction: '❤', count: 1, user_ids: ['ann'], isOwn: true }
  const answer = fake.hold('react')
  const reacting = room.react(row(0), '❤\ufe0f')
  await until(room, () => row(0).status === 'changing')
  expect(row(0).reactions).toEqual([heart])
  answer()
  await reacting
  expect(row(0).reactions).toEqual([heart])
  await room.react(row(0), '❤')
  expect(row(0).reactions).toEqual([heart])
  await room.unreact(row(0), '❤\ufe0f')
  expect(row(0).reactions).toEqual([])
})

it('[CW3] shows an edit, a removal and a pin at once', async () => {
  const { fake, room, row } = await openRoom()
  const releases = (['edit_message', 'delete_message', 'pin_message'] as const).map((name) => fake.hold(name))
  const doing = [room.edit(row(1), 'new', { mentions: [] }), room.pin(row(0))]
  await until(room, () => row(0).status === 'changing')
  expect(row(1).message).toMatchObject({ message_data: 'new', edited_at: expect.any(String) })
  expect(row(0).message.pinned_by).toBe('ann')
  const removing = room.remove(row(1))
  await until(room, () => row(1).message.kind === 'removed')
  for (const release of releases) release()
  await Promise.all([...doing, removing])
  expect([row(0).status, row(1).status]).toEqual(['unchanged', 'unchanged'])
  expect(row(1).message).toMatchObject({ kind: 'removed', message_data: '' })
  await room.unpin(row(0))
  expect(row(0).message.pinned_by).toBeUndefined()
})

it('[CW3] takes back what is refused, says why, and does it again when asked', async () => {
  const { fake, room, row } = await openRoom()
  fake.fail('edit_message', 'ticket_closed')
  const failing = room.edit(row(1), 'new')
  expect(await reasonOf(failing)).toMatchObject({ code: 'ticket_closed', request: 'edit_message' })
  expect(row(1)).toMatchObject({ status: 'refused', error: { code: 'ticket_closed' }, retry: null })
  expect(row(1).message.message_data).toBe('Hello')
  row(1).discard?.()
  expect(row(1)).toMatchObject({ status: 'unchanged', error: null })

  fake.fail('react', 'limit_reached')
  await reasonOf(room.react(row(0), like))
  expect(row(0)).toMatchObject({ status: 'refused', reactions: [] })
  fake.succeed('react')
  await row(0).retry?.()
  expect(row(0)).toMatchObject({ status: 'unchanged', error: null, reactions: [{ isOwn: true }] })
})

it('[CW4] sends changes again after a cut, in their order and under the same cid', async () => {
  const { fake, room, row, sent } = await openRoom()
  const answer = fake.hold('react')
  const doing = [room.react(row(0), like), room.unreact(row(0), like), room.react(row(2), like)]
  await expect.poll(() => sent('react').length).toBe(2)
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  doing.push(room.edit(row(1), 'written offline'))
  expect([row(0).status, row(1).message.message_data]).toEqual(['changing', 'written offline'])
  answer()
  await fake.goOnline()
  await Promise.all(doing)
  const cids = sent('react').map((payload) => (payload as { cid: string }).cid)
  expect([cids.length, new Set(cids).size]).toEqual([4, 2])
  await until(room, ({ sync }) => sync === 'live')
  expect([row(0).reactions, row(2).reactions.length, row(1).message.message_data]).toEqual([
    [],
    1,
    'written offline',
  ])
  expect(fake.requests.findLastIndex(({ name }) => name === 'unreact')).toBeGreaterThan(
    fake.requests.findIndex(({ name }) => name === 'react'),
  )
})

it('[CW4] gives what was never sent the new text, and edits or removes what is under way once it is stored', async () => {
  const { fake, room, sent } = await openRoom()
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  void room.send('teh')
  const last = () => room.getSnapshot().messages.at(-1)
  const unsent = last()
  if (!unsent) throw new Error('Nothing is shown')
  const edited = room.edit(unsent, 'the')
  expect(last()).toMatchObject({ key: unsent.key, message: { message_data: 'the' }, delivery: 'sending' })
  await fake.goOnline()
  expect(await edited).toMatchObject({ message_data: 'the', cid: unsent.key })
  expect(sent('edit_message')).toEqual([])

  const answer = fake.hold('message_event')
  void room.send('under way')
  const underWay = last()
  if (!underWay) throw new Error('Nothing is shown')
  const editing = room.edit(underWay, 'edited')
  await until(room, () => last()?.message.message_data === 'edited')
  expect(last()).toMatchObject({ key: underWay.key, status: 'changing', delivery: 'sending' })
  answer()
  expect(await editing).toMatchObject({ message_data: 'edited', cid: underWay.key })
  expect(last()).toMatchObject({ key: underWay.key, status: 'unchanged', delivery: 'sent' })
})

it('[CW4] sends a failed message again with its new text, and discards one that waits when it is removed', async () => {
  const { fake, room } = await openRoom()
  fake.fail('message_event', 'too_large')
  const row = () => room.getSnapshot().messages[3]
  await reasonOf(room.send('too long'))
  await until(room, () => row()?.delivery === 'failed')
  fake.succeed('message_event')
  const failed = row()
  if (!failed) throw new Error('Nothing is shown')
  expect(await room.edit(failed, 'short')).toMatchObject({ message_data: 'short', cid: failed.key })
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  const sending = room.send('never mind')
  const waiting = room.getSnapshot().messages[4]
  if (!waiting) throw new Error('Nothing is shown')
  expect(await room.remove(waiting)).toBeNull()
  expect(await reasonOf(sending)).toMatchObject({ code: 'discarded' })
  expect(room.getSnapshot().messages).toHaveLength(4)
})

it('[CW5] knows own reactions that a message does not name, of this session and from answers', async () => {
  const { fake, room, row } = await openRoom()
  const { stream, seq } = row(0).message
  const named = Array.from({ length: 10 }, (_, n) => `user ${n}`)
  const reacted = (count: number, by: string, n: number) =>
    fake.push('entries', {
      stream,
      epoch: 'fake',
      entries: [
        {
          ...{ _id: `r${n}`, stream, seq: n, nth: 3, type: 'change', change: 'reacted', target: seq, by },
          ...{ cid: crypto.randomUUID(), created_at: '2026-01-01T00:00:00.000Z' },
          reaction: { reaction: like, count, user_ids: named },
        },
      ],
    })
  reacted(11, 'somebody', 4)
  await until(room, () => row(0).reactions[0]?.count === 11)
  expect(row(0).reactions[0]?.isOwn).toBe(false)
  // On another device, or in an earlier session.
  fake.answer('react', () => ({ message: row(0).message, changed: false }))
  await room.react(row(0), like)
  expect(row(0).reactions[0]).toMatchObject({ count: 11, isOwn: true })
  reacted(12, 'ann', 5)
  await until(room, () => row(0).reactions[0]?.count === 12)
  expect(row(0).reactions[0]?.isOwn).toBe(true)
})

it('[CW6] says which messages mention the user', async () => {
  const { fake, room, row } = await openRoom()
  const text = { message_data: '@ann?', mentions: [{ user_id: 'ann', start: 0, end: 4 }] }
  fake.receive(fixtures.message({ stream: 'room:r', author: 'bob', ...text }))
  await until(room, ({ messages }) => messages.length === 4)
  expect([row(2).mentionsMe, row(3).mentionsMe]).toEqual([false, true])
})

it('[CW6] says whose author the user has blocked, on their rows alone', async () => {
  const { fake, room, row } = await openRoom()
  const [before, own] = [row(0), row(1)]
  await expect.poll(() => fake.requests.some(({ name }) => name === 'get_blocked_users')).toBe(true)
  const tell = (is_blocked: boolean) =>
    fake.push('block_changed', { blocked_by: 'ann', user_id: 'bob', is_blocked })
  tell(true)
  await until(room, () => row(0).isBlocked)
  expect([row(2).isBlocked, row(1) === own, before.isBlocked]).toEqual([true, true, false])
  tell(false)
  await until(room, () => !row(0).isBlocked)
})
