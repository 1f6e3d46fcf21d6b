import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat } from '../src/testing/connect.ts'
import { eraseAll, exportAll, operatorAuth } from './support/erasing.ts'
import { keyPepper } from './support/stored-keys.ts'

const cid = () => randomUUID()

/** Ann, who owns a room with ben, an admin and an operator. */
async function openScene() {
  const store = await embeddedStore({ path: ':memory:' })
  const chat = await openChat(onTestFinished, { store, keyPepper })
  const operator = await chat.connect(
    'operator',
    await operatorAuth(store, keyPepper, ['audit', 'erase', 'export']),
  )
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const root = await chat.connect('root', { role: 'admin' })
  const { _id: room } = await ann.request('create_room', { kind: 'members', members: ['ben'], cid: cid() })
  const say = (message_data: string) =>
    ben.request('message_event', { room_id: room, message_data, cid: cid() })
  return { operator, ann, ben, root, room, say }
}

it('[MO15] has a row of the audit trail for each report, resolution, mute and slow mode', async () => {
  const { operator, ann, root, room } = await openScene()
  const mute = (for_ms: number) => ann.request('mute_member', { room, user_id: 'ben', for_ms })
  for (const for_ms of [60_000, 0, 60_000, 0, 0]) await mute(for_ms)
  for (const slow_mode_ms of [5_000, 5_000, 0]) await ann.request('update_room', { room, slow_mode_ms })
  await ann.request('update_room', { room, title: 'x' })
  const report = { user_id: 'ben', reason: 'canary-reason', cid: cid() }
  const { report_id } = await ann.request('report', report)
  await ann.request('report', report)
  for (const resolution of ['canary-note', 'again'])
    await root.request('resolve_report', { report_id, resolution })
  await ann.refusal('resolve_report', { report_id })

  const acts = ['mute_member', 'update_room', 'report', 'resolve_report']
  const trail = async () => {
    const { entries } = await operator.request('get_audit', { limit: 100 })
    return entries
      .filter(({ act }) => acts.includes(act))
      .map(({ act, by, object, user_id, result }) => [act, by, object, user_id, result].join(' '))
      .toSorted()
  }
  const muted = Array.from({ length: 4 }, () => `mute_member ann ${room} ben ok`)
  const slowed = Array.from({ length: 2 }, () => `update_room ann ${room}  ok`)
  const expected = [
    ...muted,
    `report ann ${report_id} ben ok`,
    'resolve_report ann   forbidden',
    `resolve_report root ${report_id}  ok`,
    ...slowed,
  ]
  await expect.poll(trail, { timeout: 10_000 }).toEqual(expected)
  expect(JSON.stringify(await operator.request('get_audit', { limit: 100 }))).not.toContain('canary')
})

it('[MO8] leaves nothing of a person who is erased in reports, mutes and paces', async () => {
  const { operator, ann, ben, root, room, say } = await openScene()
  await ann.request('update_room', { room, slow_mode_ms: 60_000 })
  const insult = await say('canary-text')
  const { stream, seq, _id: message_id } = insult
  await ann.request('report', { stream, seq, message_id, reason: 'Insults', cid: cid() })
  await ben.request('report', { user_id: 'eve', reason: 'canary-reason', cid: cid() })
  await ann.request('mute_member', { room, user_id: 'ben', for_ms: 60_000 })
  const collections = (await exportAll(operator, 'ben')).map(({ collection }) => collection)
  expect(collections.filter((one) => ['reports', 'paces'].includes(one)).toSorted()).toEqual([
    'paces',
    'reports',
    'reports',
  ])
  expect(JSON.stringify(await exportAll(operator, 'ben'))).not.toContain('"reported_by"')

  await eraseAll(operator, 'ben')

  const { reports } = await root.request('get_reports', {})
  expect(JSON.stringify(reports)).not.toMatch(/canary|"ben"/)
  expect(reports).toMatchObject([
    { reported_by: null, user_id: 'eve', reason: '' },
    { reported_by: 'ann', user_id: null, reason: 'Insults', message: { kind: 'removed', reason: 'erased' } },
  ])
  expect(await exportAll(operator, 'ben')).toEqual([])
})

it('[PD1] tells nobody by an export who has blocked or reported them, nor who has done what from where', async () => {
  const { operator, ann, root, room } = await openScene()
  await ann.request('block_user', { user_id: 'ben' })
  const { report_id } = await ann.request('report', { user_id: 'ben', reason: 'Insults', cid: cid() })
  await root.request('mute_member', { room, user_id: 'ben', for_ms: 60_000 })
  const of = async (user_id: string, collection: string) =>
    (await exportAll(operator, user_id)).filter((one) => one.collection === collection)

  expect(await of('ben', 'blocks')).toEqual([])
  const acts = await of('ben', 'audit')
  expect(acts.map(({ row }) => row.act).toSorted()).toEqual([
    'export_user',
    'mute_member',
    'report',
    'set_member',
  ])
  for (const { row } of acts) expect(row).toMatchObject({ by: null, key_id: null, address: null })
  // Who has done it learns of it.
  expect(await of('ann', 'blocks')).toMatchObject([{ row: { user_id: 'ann', blocked_id: 'ben' } }])
  expect(await of('ann', 'audit')).toContainEqual({
    collection: 'audit',
    row: expect.objectContaining({
      act: 'report',
      by: 'ann',
      object: report_id,
      address: expect.any(String),
    }),
  })
})
