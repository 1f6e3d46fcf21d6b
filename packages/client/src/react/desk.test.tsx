import { expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { openDesk, patience } from '../tickets/testing/open-desk.ts'
import { skip } from './skip.ts'
import { mountHook } from './testing/mount.tsx'
import { useCannedAnswers } from './use-canned-answers.ts'
import { useCountdown } from './use-countdown.ts'
import { useLine } from './use-line.ts'
import { useNotes } from './use-notes.ts'
import { useQueue } from './use-queue.ts'
import { useTicketActions } from './use-ticket-handling.ts'
import { useTopics } from './use-topics.ts'

it('[TQ10] an agent sees what waits and what is theirs, takes the next one, and is away', async () => {
  const { admin, meg, cat, employ } = await openDesk()
  const line = mountHook(meg, () => useLine())
  await expect.poll(() => line.answer?.waiting.sync, patience).toBe('live')
  await cat.tickets.create({ product: 'billing', subject: 'First' })
  await cat.tickets.create({ product: 'billing', subject: 'Second' })
  const subjects = (of: 'waiting' | 'mine') => line.answer?.[of].tickets.map(({ subject }) => subject)
  await expect.poll(() => subjects('waiting'), patience).toEqual(['First', 'Second'])
  expect(line.answer).toMatchObject({ lineManager: null, availability: null })

  await employ('meg', 1)
  await expect.poll(() => [subjects('waiting'), subjects('mine')], patience).toEqual([['Second'], ['First']])
  await admin.lineManagers.update('meg', { capacity: null, is_active: false })
  await expect.poll(() => line.answer?.availability, patience).toBe('online')
  await line.answer?.claimNext().catch(() => undefined)
  await expect.poll(() => subjects('waiting'), patience).toEqual([])
  await line.answer?.setAvailability('away')
  await expect.poll(() => line.answer?.availability, patience).toBe('away')
  await expect(line.answer?.claimNext()).rejects.toMatchObject({ code: 'not_found' })
  await expect.poll(() => line.answer?.error?.code, patience).toBe('not_found')
  // What went well since then is no failure.
  await line.answer?.setAvailability('online')
  await expect.poll(() => [line.answer?.availability, line.answer?.error], patience).toEqual(['online', null])
})

it('[TQ10] a customer sees their place and counts down; notes and actions are the agent’s', async () => {
  const { meg, cat, employ } = await openDesk()
  await employ('meg')
  const { _id } = await cat.tickets.create({ product: 'billing' })
  const place = mountHook(cat, () => {
    const state = useQueue(_id)
    return { ...state, ...useCountdown(state.queue?.expectedAt ?? null) }
  })
  await expect.poll(() => place.answer?.queue?.estimate?.position, patience).toBe(1)
  const desk = mountHook(meg, () => ({ notes: useNotes(_id), actions: useTicketActions() }))
  await expect.poll(() => desk.answer?.notes.sync, patience).toBe('live')
  await desk.answer?.notes.send('A regular')
  await expect.poll(() => desk.answer?.notes.messages.length, patience).toBe(1)
  expect(await desk.answer?.actions.hold(_id)).toMatchObject({ state: 'on_hold' })
  await expect
    .poll(() => place.answer?.queue, patience)
    .toMatchObject({ isAvailable: false, expectedAt: null })
  await desk.answer?.actions.close(_id)
  await expect.poll(() => place.answer?.queue, patience).toMatchObject({ estimate: null })
})

it('[TQ11] counts down to a time of the server’s, whatever the device’s clock says', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { client } = clockAhead()
  const until = new Date(client.now() + 2_500).toISOString()
  const hook = mountHook(client, () => useCountdown(until))
  await expect.poll(() => hook.answer?.seconds).toBe(3)
  expect(hook.answer).toEqual({ seconds: 3, minutes: 1, text: '0:03', isOver: false })
  for (const seconds of [2, 1, 0]) {
    await vi.advanceTimersByTimeAsync(seconds === 2 ? 505 : 1_000)
    await expect.poll(() => hook.answer?.seconds).toBe(seconds)
  }
  expect(hook.answer?.isOver).toBe(true)
  expect(hook.answers.map(({ text }) => text)).toEqual(['0:03', '0:02', '0:01', '0:00'])
  const late = mountHook(client, () => [
    useCountdown(null),
    useCountdown(new Date(client.now() + 3_905_000).toISOString()),
  ])
  await expect.poll(() => late.answer?.[0]).toEqual({ seconds: null, minutes: null, text: '', isOver: false })
  expect(late.answer?.[1]).toMatchObject({ text: '1:05:05', minutes: 66 })
})

it('[TQ11] counts on when the server’s clock is known, where the device’s is ahead', async () => {
  const { client, learnTime } = clockAhead()
  const until = new Date(Date.now() + 60_000).toISOString()
  const hook = mountHook(client, () => useCountdown(until))
  await expect.poll(() => hook.answer?.isOver).toBe(true)
  learnTime()
  await expect.poll(() => hook.answer?.isOver, patience).toBe(false)
  await expect.poll(() => hook.answer?.seconds, patience).toBeLessThan(60)
  expect(hook.answer?.isOver).toBe(false)
})

/** A client whose clock is an hour ahead until it learns the server's time. */
function clockAhead() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  let ahead = 3_600_000
  return {
    client: { ...fake, now: () => Date.now() + ahead },
    learnTime() {
      ahead = 0
      fake.goOffline()
    },
  }
}

it('[TQ12] canned answers are filled in for a ticket', async () => {
  const { admin, meg, cat } = await openDesk()
  const text = '{{ customer }}, I am {{agent}}. About {{subject}} ({{topic}}): {{unknown}}'
  await meg.cannedAnswers.create({ title: 'Hello', text })
  const ticket = await cat.tickets.create({ product: 'billing', subject: 'Invoice' })
  const hook = mountHook(meg, () => useCannedAnswers())
  await expect.poll(() => hook.answer?.answers.length, patience).toBe(1)
  const [answer = fixtures.cannedAnswer()] = hook.answer?.answers ?? []
  expect(hook.answer?.fill(answer, ticket)).toBe('Cat, I am Meg. About Invoice (Billing): {{unknown}}')
  await admin.topics.update('billing', { title: 'Bills and refunds' })
  const filled = () => hook.answer?.fill(answer, ticket)
  await expect.poll(filled, patience).toContain('About Invoice (Bills and refunds)')
})

it('[TQ5] topics are listed with how long one would wait, if one asks for it', async () => {
  const { cat, employ } = await openDesk()
  await employ('meg')
  const hook = mountHook(cat, () => [useTopics(), useTopics({ queues: true })] as const)
  await expect.poll(() => hook.answer?.[1].queues.get('billing')?.isAvailable, patience).toBe(true)
  expect(hook.answer?.[0].queues.size).toBe(0)
})

it('[TQ10] asks for nothing when it is given skip', async () => {
  const { cat } = await openDesk()
  const hook = mountHook(cat, () => [useQueue(skip), useNotes(skip), useCannedAnswers(skip), useTopics(skip)])
  const states = () => hook.answer?.map(({ status }) => status)
  await expect.poll(states).toEqual(['skipped', 'skipped', 'skipped', 'skipped'])
})
