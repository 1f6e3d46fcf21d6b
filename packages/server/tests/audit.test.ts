import { randomUUID } from 'node:crypto'
import type { AuditEntry } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../src/stores/store.ts'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { newAuditEntry, range } from '../src/testing/store-cases/making.ts'
import { keyPepper, storedKey } from './support/stored-keys.ts'

const cid = () => randomUUID()

async function openScene(store?: Store) {
  const kept = store ?? (await embeddedStore({ path: ':memory:' }))
  const chat = await openChat(onTestFinished, { store: kept, keyPepper })
  const { secret, keyId } = await storedKey(kept, { scopes: ['keys', 'audit', 'revoke'] })
  const operator = await chat.connect('operator', { api_key: secret })
  return { chat, store: kept, operator, keyId }
}

/** Waits until the trail has so many rows; answers them, the oldest first. */
async function rows(operator: TestSocket, count: number): Promise<AuditEntry[]> {
  const read = async () => (await operator.request('get_audit', { limit: 100 })).entries
  await expect.poll(async () => (await read()).length).toBe(count)
  return (await read()).reverse()
}

it('[AT1] has one row for each act, which says who did what to what, from where, with which result', async () => {
  const { chat, operator, keyId } = await openScene()
  const admin = await chat.connect('root', { role: 'admin' })
  const create = { kind: 'server', cid: cid() } as const
  const { key } = await operator.request('create_key', create)
  await operator.request('create_key', create)
  const rotate = { key_id: key._id, cid: cid() }
  const successor = await operator.request('rotate_key', rotate)
  await operator.request('rotate_key', rotate)
  for (const _ of range(1, 2)) await operator.request('revoke_key', { key_id: key._id })
  await admin.request('create_topic', { name: 'sales', cid: cid() })
  const line = { positions_in_a_line: 1, average_serving_time: 1, is_unmanaged: true }
  await admin.request('create_line_manager', { user_id: 'mia', ...line, cid: cid() })
  const ann = await chat.connect('ann')
  const open = { product: 'sales', cid: cid() }
  const ticket = await ann.request('create_ticket', open)
  await ann.request('create_ticket', open)
  for (const socket of [admin, ann]) await socket.request('close_ticket', { ticket_id: ticket._id })

  const found = await rows(operator, 5)

  const from = { address: expect.stringMatching(/127\.0\.0\.1/), result: 'ok', count: 1 }
  const byOperator = { ...from, by: 'operator', key_id: keyId, user_id: null }
  expect(found).toEqual(
    [
      { ...byOperator, act: 'create_key', object: key._id },
      { ...byOperator, act: 'rotate_key', object: key._id },
      { ...byOperator, act: 'revoke_key', object: key._id },
      {
        ...{ by: null, key_id: null, address: null, result: 'ok', count: 1 },
        ...{ act: 'assign_ticket', object: ticket._id, user_id: 'mia' },
      },
      {
        ...{ ...from, by: 'root', key_id: 'configured' },
        ...{ act: 'close_ticket', object: ticket._id, user_id: 'ann' },
      },
    ].map((one) => ({ ...one, _id: expect.any(String), at: expect.any(String) })),
  )
  expect(JSON.stringify(found)).not.toContain(successor.secret)
})

it('[AT1] has one row for an invite, and none for its repetition', async () => {
  const { chat, operator } = await openScene()
  const ann = await chat.connect('ann')
  const room = await ann.request('create_room', { kind: 'members', members: [], cid: cid() })
  const invite = { room: room._id, cid: cid() }
  const { invite: secret } = await ann.request('create_invite', invite)
  await ann.request('create_invite', invite)
  await ann.request('create_invite', { room: room._id, cid: cid() })
  const found = (await rows(operator, 3)).filter(({ act }) => act === 'create_invite')
  expect(found).toMatchObject(
    [1, 2].map(() => ({ by: 'ann', object: room._id, user_id: null, result: 'ok' })),
  )
  expect(JSON.stringify(found)).not.toContain(secret)
})

it('[AT1] has one row for all steps of an export or an erasure, wherever they begin', async () => {
  const { chat, store, operator } = await openScene()
  const scopes = ['export', 'erase'] as const
  const { secret } = await storedKey(store, { scopes: [...scopes] })
  const eraser = await chat.connect('eraser', { api_key: secret })
  const from = JSON.stringify(['users', { _id: '' }])
  for (const after of [undefined, undefined, from])
    await eraser.request('export_user', { user_id: 'ann', ...(after && { after }) })
  await eraser.request('export_user', { user_id: 'ben', after: from })
  const { replacement } = await eraser.request('erase_user', { user_id: 'zoe', after: from })
  await eraser.request('erase_user', { user_id: 'zoe' })
  const found = await rows(operator, 3)
  expect(found.map(({ act, by, user_id }) => [act, by, user_id])).toEqual([
    ['export_user', 'eraser', 'ann'],
    ['export_user', 'eraser', 'ben'],
    ['erase_user', 'eraser', replacement],
  ])
})

it('[AT1] has one row for a ticket that a free line manager is given later', async () => {
  const { chat, operator } = await openScene()
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: cid() })
  const ann = await chat.connect('ann')
  const { _id } = await ann.request('create_ticket', { product: 'sales', cid: cid() })
  const line = { positions_in_a_line: 1, average_serving_time: 1, is_unmanaged: true }
  await admin.request('create_line_manager', { user_id: 'mia', ...line, cid: cid() })
  expect(await rows(operator, 1)).toMatchObject([{ act: 'assign_ticket', object: _id, user_id: 'mia' }])
})

it('[AT2] counts what is refused, a row for each user and minute', async () => {
  const { chat, operator } = await openScene()
  const ann = await chat.connect('ann')
  for (const n of range(1, 20)) await ann.refusal('close_ticket', { ticket_id: `missing ${n}` })
  await ann.refusal('close_ticket', {})
  const counted = async () => (await operator.request('get_audit', {})).entries
  const total = (entries: readonly AuditEntry[]) => entries.reduce((sum, { count }) => sum + count, 0)
  await expect.poll(async () => total(await counted())).toBe(20)
  const found = await counted()
  // Two if the minute has ended in between.
  expect(found.length).toBeLessThanOrEqual(2)
  for (const one of found)
    expect(one).toMatchObject({ act: 'close_ticket', by: 'ann', object: null, result: 'not_found' })
})

it('[AT2] counts what guests are refused, a row for each address and minute', async () => {
  const { chat, operator } = await openScene()
  for (const _ of range(1, 5)) {
    const guest = chat.open({ protocol: 1, workspace_id: 'demo', guest: true })
    await guest.first('hello')
    for (const n of range(1, 2)) await guest.refusal('close_ticket', { ticket_id: `missing ${n}` })
  }
  const counted = async () => (await operator.request('get_audit', {})).entries
  const total = async () => (await counted()).reduce((sum, { count }) => sum + count, 0)
  await expect.poll(total).toBe(10)
  const found = await counted()
  // Two if the minute has ended in between.
  expect(found.length).toBeLessThanOrEqual(2)
  for (const one of found)
    expect(one).toMatchObject({
      act: 'close_ticket',
      by: null,
      address: expect.stringMatching(/127\.0\.0\.1/),
    })
})

it('[AT2] counts refused handshakes and wrong page keys, a row for each address and minute', async () => {
  const { chat, operator } = await openScene()
  for (const n of range(1, 12))
    await chat.open({ protocol: 1, workspace_id: 'demo', api_key: `guess ${n}`, user_id: 'eve' }).next(1)
  await chat.open({ protocol: 1, workspace_id: 'nowhere', api_key: 'guess', user_id: 'eve' }).next(1)
  const page = await chat.connectV2()
  for (const n of range(1, 5))
    await page.ask('get_all_topics', { workspace_id: 'demo', api_key: `guess ${n}` })
  const read = async () => (await operator.request('get_audit', {})).entries
  const countOf = (entries: readonly AuditEntry[], name: string) =>
    entries.filter(({ act }) => act === name).reduce((sum, { count }) => sum + count, 0)
  await expect.poll(async () => countOf(await read(), 'page_key')).toBe(5)
  await expect.poll(async () => countOf(await read(), 'handshake')).toBe(12)
  const found = await read()
  expect(found.length).toBeLessThanOrEqual(4)
  for (const one of found)
    expect(one).toMatchObject({
      by: null,
      address: expect.stringMatching(/127\.0\.0\.1/),
      result: 'unauthenticated',
    })
  expect(JSON.stringify(found)).not.toMatch(/guess|eve/)
})

it('[AT2] counts each address for itself, also behind a proxy', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const chat = await openChat(onTestFinished, { store, keyPepper, trustedProxies: 1 })
  const { secret } = await storedKey(store, { scopes: ['audit'] })
  const operator = await chat.connect('operator', { api_key: secret })
  const refused = range(1, 30).map((n) =>
    chat
      .open(
        { protocol: 1, workspace_id: 'demo', api_key: 'guess', user_id: 'eve' },
        { extraHeaders: { 'x-forwarded-for': `192.0.2.${n}` } },
      )
      .next(1),
  )
  await Promise.all(refused)
  const found = await rows(operator, 30)
  expect(found.map(({ address }) => address)).toContain('192.0.2.30')
})

it('[AT1] is written once the store can take it again, and before the server has closed', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat, operator } = await openScene({ ...store, close: async () => {} })
  onTestFinished(() => store.close())
  const append = vi.spyOn(store.audit, 'append')
  append.mockRejectedValueOnce(new StoreUnavailableError('The disk is full'))
  await operator.request('create_key', { kind: 'page', cid: cid() })
  await rows(operator, 1)
  expect(append).toHaveBeenCalledTimes(2)
  await operator.request('create_key', { kind: 'page', cid: cid() })
  await chat.close()
  expect((await store.audit.list('demo', { limit: 10 })).entries).toHaveLength(2)
})

it('[AT1] has what was answered before it is read', async () => {
  const { operator } = await openScene()
  for (const n of range(1, 20)) {
    await operator.request('revoke_sessions', { user_id: `user ${n}` })
    const { entries } = await operator.request('get_audit', { limit: 1 })
    expect(entries).toMatchObject([{ act: 'revoke_sessions', user_id: `user ${n}` }])
  }
})

it('[AT3] keeps addresses for 30 days', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  await store.audit.append('demo', [newAuditEntry({ at: daysAgo(31) }), newAuditEntry({ at: daysAgo(29) })])
  const { operator } = await openScene(store)
  const addresses = async () => (await operator.request('get_audit', {})).entries.map((one) => one.address)
  await expect.poll(addresses).toEqual(['192.0.2.1', null])
})

it('[AT1] pages through the trail, the newest first', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { operator } = await openScene(store)
  const at = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString()
  const wide = '文'.repeat(128)
  const entries = range(1, 120).map((n) =>
    newAuditEntry({ at: at(n), by: wide, key_id: wide, object: wide, user_id: wide }),
  )
  await store.audit.append('demo', entries)
  const first = await operator.request('get_audit', { limit: 100 })
  expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(262_144)
  const second = await operator.request('get_audit', { limit: 100, before: first.entries.at(-1)?._id ?? '' })
  expect([...first.entries, ...second.entries]).toEqual(entries.toReversed())
  expect([first.more, second.more]).toEqual([true, false])
  expect(await operator.refusal('get_audit', { limit: 101 })).toBe('invalid_payload')
})
