import { expect, it } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { openChat } from '../testing/chat.ts'
import { skip } from './skip.ts'
import { mountHook } from './testing/mount.tsx'
import { useReport } from './use-report.ts'
import { useReports } from './use-reports.ts'
import { useRoomActions } from './use-room-actions.ts'
import { useRoomMembers } from './use-room-members.ts'

it('[MO19] mutes members and slows a room down, and shows both', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  ann.connect()
  await ann.ready()
  const { _id: room } = await ann.rooms.create({ kind: 'members', members: ['ben'] })
  const page = mountHook(ann, () => [useRoomMembers(room), useRoomActions()] as const)
  await expect.poll(() => page.answer?.[0].members.length).toBe(2)
  const until = () => page.answer?.[0].members.map(({ muted_until }) => muted_until)
  const before = page.renders
  const muted = await page.answer?.[0].mute('ben', 60_000)
  await expect.poll(until).toEqual([null, muted?.muted_until])
  await page.answer?.[0].unmute('ben')
  await expect.poll(until).toEqual([null, null])
  expect(page.renders - before).toBe(2)
  expect(await page.answer?.[1].update(room, { slow_mode_ms: 5_000 })).toMatchObject({ slow_mode_ms: 5_000 })
  // A failure may be ignored.
  void page.answer?.[0].mute('nobody', 1)
})

it('[MO19] reports once however often one presses, and shows admins what is open', async () => {
  const { client } = await openChat()
  const ann = mountHook(client('ann'), () => useReport())
  const root = mountHook(client('root', { role: 'admin' }), () => useReports({ is_resolved: false }))
  await expect.poll(() => root.answer?.status).toBe('ready')
  await expect.poll(() => ann.client.connection.getSnapshot().status).toBe('online')
  await Promise.all([1, 2].map(() => ann.answer?.report({ user_id: 'eve' }, 'Spam')))
  await expect.poll(() => root.answer?.reports.map(({ reason }) => reason)).toEqual(['Spam'])
  await root.answer?.resolve(root.answer.reports[0]?._id ?? '')
  await expect.poll(() => root.answer?.reports).toEqual([])
  void ann.answer?.report({ user_id: 'ann' }, 'Me')
  await expect.poll(() => ann.answer).toMatchObject({ isPending: false, error: { code: 'conflict' } })
})

it('[MO19] does nothing while skipped', async () => {
  const fake = createFakeClient()
  const page = mountHook(fake, () => [useReports(skip), useRoomMembers(skip)] as const)
  await expect
    .poll(() => page.answer)
    .toMatchObject([
      { status: 'skipped', reports: [] },
      { status: 'skipped', members: [] },
    ])
  await expect(page.answer?.[1].mute('ben', 1)).rejects.toThrow('skip')
  await expect(page.answer?.[1].unmute('ben')).rejects.toThrow('skip')
  expect(fake.requests.map(({ name }) => name)).not.toContain('get_reports')
})

it('[MO19] plays reports, mutes and blocks in a fake client', async () => {
  const fake = createFakeClient({ role: 'admin' })
  const page = mountHook(fake, () => [useReports(), useReport()] as const)
  await expect.poll(() => page.answer?.[0].status).toBe('ready')
  const message = fixtures.message({ message_data: 'Hello', author: 'bob' })
  fake.receive(message)
  await page.answer?.[1].report(message, 'Insults')
  await expect.poll(() => page.answer?.[0].reports[0]?.message?.message_data).toBe('Hello')
  await page.answer?.[0].resolve(page.answer[0].reports[0]?._id ?? '', 'Warned')
  await expect.poll(() => page.answer?.[0].reports[0]?.resolution).toBe('Warned')
  expect((await fake.rooms.mute('~r', 'bob', 60_000)).muted_until).not.toBe(null)
  const stop = fake.users.isBlocked('bob').subscribe(() => {})
  await fake.users.block('bob')
  expect(fake.users.isBlocked('bob').getSnapshot()).toBe(true)
  stop()
})
