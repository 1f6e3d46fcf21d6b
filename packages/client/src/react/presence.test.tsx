import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient } from '../fake-client/create-fake-client.ts'
import { fixtures } from '../fake-client/fixtures.ts'
import { skip } from './skip.ts'
import { mountHook } from './testing/mount.tsx'
import { useMessages } from './use-messages.ts'
import { useOwnPresence } from './use-own-presence.ts'
import { usePresence } from './use-presence.ts'
import { useRoomPresence } from './use-room-presence.ts'
import { useTyping } from './use-typing.ts'

async function openFake() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  return fake
}

const ben = { user_id: 'ben', availability: 'away', status_text: 'Lunch', last_seen_at: null } as const

it('[PR26] shows who is writing and renders no message for it', async () => {
  const fake = await openFake()
  const [typing, messages] = [
    mountHook(fake, () => useTyping('lobby'), { isStrict: true }),
    mountHook(fake, () => useMessages('lobby')),
  ]
  await expect.poll(() => messages.answer?.sync).toBe('live')
  const before = messages.renders
  const pushed = { stream: 'room:lobby', user_id: 'ben', display_name: 'Ben', is_typing: true }
  await expect
    .poll(() => {
      fake.push('typing', pushed)
      return typing.answer?.typing
    })
    .toEqual([{ user_id: 'ben', display_name: 'Ben' }])
  expect(messages.renders).toBe(before)
  const { answer } = typing
  fake.push('typing', pushed)
  await fake.request.get_all_topics({})
  typing.renderAgain()
  await expect.poll(() => typing.answer).toBe(answer)
  fake.receive(fixtures.message({ stream: 'room:lobby', author: 'ben' }))
  await expect.poll(() => typing.answer?.typing).toEqual([])
})

it('[PR26] says that the user has stopped when the component goes', async () => {
  const fake = await openFake()
  const typing = mountHook(fake, () => useTyping({ ticket: fixtures.ticket()._id }))
  const said = () => fake.requests.flatMap((one) => (one.name === 'typing' ? one.payload.is_typing : []))
  await expect.poll(() => typing.answer).toBeDefined()
  typing.answer?.keystroke()
  await expect.poll(said).toEqual([true])
  typing.unmount()
  await expect.poll(said).toEqual([true, false])
})

it('[PR26] shows who is there, and nothing for skip', async () => {
  const fake = await openFake()
  const ids = ['ben', 'cem']
  const there = mountHook(fake, () => usePresence([...ids]))
  const room = mountHook(fake, () => useRoomPresence('lobby'))
  expect(there.answer?.presences.size ?? 0).toBe(0)
  await expect.poll(() => there.answer?.status).toBe('ready')
  fake.push('presence_changed', { presences: [ben] })
  await expect.poll(() => there.answer?.presences.get('ben')).toEqual(ben)
  expect(there.answer?.presences.get('cem')?.availability).toBe('offline')
  await expect.poll(() => room.answer?.user_ids).toEqual(['ann'])
  fake.push('room_presence', { data: { room: 'lobby', count: 2, user_ids: ['ann', 'ben'] } })
  await expect.poll(() => room.answer?.count).toBe(2)
  const skipped = [mountHook(fake, () => usePresence(skip)), mountHook(fake, () => useRoomPresence(skip))]
  for (const one of skipped) await expect.poll(() => one.answer?.status).toBe('skipped')
  const silent = mountHook(fake, () => useTyping(skip))
  await expect.poll(() => silent.answer?.typing).toEqual([])
  silent.answer?.keystroke()
  silent.answer?.stop()
})

it('[PR26] shows and changes how the user is shown', async () => {
  const fake = await openFake()
  const own = mountHook(fake, () => useOwnPresence())
  await expect.poll(() => own.answer?.presence?.availability).toBe('online')
  await own.answer?.set({ availability: 'away', status_text: ' ' })
  await expect.poll(() => own.answer?.presence).toMatchObject({ availability: 'away', status_text: null })
  await own.answer?.setPreferences({ sends_receipts: false })
  await expect.poll(() => own.answer?.preferences).toEqual({ sends_receipts: false, shows_presence: true })
  fake.fail('set_presence', 'rate_limited')
  await expect(own.answer?.set({ availability: 'online' })).rejects.toMatchObject({ code: 'rate_limited' })
  // Ignored, as a page does: nothing may end as an unhandled rejection.
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  for (const name of ['set_presence', 'set_preferences'] as const) fake.fail(name, 'forbidden')
  void own.answer?.set({ availability: 'online' })
  void own.answer?.setPreferences({ sends_receipts: true })
  await expect(own.answer?.setPreferences({ sends_receipts: true })).rejects.toBeDefined()
  await new Promise(setImmediate)
  expect(unhandled).toEqual([])
})

it('[PR26] can be set in stories', async () => {
  const fake = await openFake()
  fake.presence.users(['ben']).set({ status: 'ready', data: new Map([['ben', ben]]) })
  fake.presence.typing('lobby').set({ typing: [{ user_id: 'ben', display_name: null }] })
  const there = mountHook(fake, () => usePresence(['ben']))
  const typing = mountHook(fake, () => useTyping('lobby'))
  await expect.poll(() => there.answer?.presences.get('ben')).toEqual(ben)
  await expect.poll(() => typing.answer?.typing.length).toBe(1)
})
