import type { KeyScope } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { entriesIn, messagesIn, openChat } from '../src/testing/connect.ts'
import { eraseAll, exportAll, operatorAuth } from './support/erasing.ts'
import { now, secret, sign } from './support/foreign-tokens.ts'

const keyPepper = 'a pepper of this test, long enough'
const canary = 'ann-canary'

/** A server, with an operator's socket that may export and erase, and `plain` for sockets with a key that may not. */
async function openErasing() {
  const store = await embeddedStore({ path: ':memory:' })
  const keyWith = (scopes: KeyScope[]) => operatorAuth(store, keyPepper, scopes)
  const [erasing, plain] = [await keyWith(['export', 'erase']), await keyWith([])]
  const chat = await openChat(onTestFinished, { store, keyPepper, tokens: { secrets: [secret] } })
  return { chat, store, plain, operator: await chat.connect('root', erasing) }
}

const said = (room_id: string, message_data: string) => ({
  room_id,
  message_data,
  cid: crypto.randomUUID(),
})

it('[PD1] exports everything of a person in pages, without secrets and without what others wrote', async () => {
  const { chat, operator } = await openErasing()
  const [ann, ben] = [await chat.connect(canary, { name: 'Ann' }), await chat.connect('ben')]
  const long = 'x'.repeat(15_000)
  for (let n = 0; n < 20; n++) await ann.request('message_event', said('r', `${n} ${long}`))
  await ben.request('message_event', said('r', 'of ben'))
  const [user, ...rows] = await exportAll(operator, canary)
  expect(user).toMatchObject({ collection: 'users', row: { user_id: canary, name: 'Ann' } })
  expect(rows.map(({ collection }) => collection)).toEqual(Array.from({ length: 20 }, () => 'entries'))
  expect(rows.map(({ row }) => row.seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  expect(rows[0]?.row).toMatchObject({ author: canary, message_data: `0 ${long}`, display_name: 'Ann' })
  expect(JSON.stringify(await exportAll(operator, 'root'))).not.toMatch(/hash|fingerprint/)
  expect(await operator.refusal('export_user', { user_id: canary, after: 'somewhere' })).toBe(
    'invalid_payload',
  )
})

it('[PD2] erases a person while others watch: their rows become removed, and tickets lose the name', async () => {
  const { chat, store, operator } = await openErasing()
  const admin = await chat.connect('boss', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: crypto.randomUUID() })
  const [ann, ben] = [
    await chat.connect(canary, { name: canary }),
    await chat.connect('ben', { role: 'agent' }),
  ]
  await ben.request('join', { room: 'r' })
  for (const text of ['one', 'two']) await ann.request('message_event', said('r', `${canary} ${text}`))
  const kept = await ben.request('message_event', said('r', 'of ben'))
  await ann.request('create_ticket', { product: 'billing', cid: crypto.randomUUID() })
  await ben.heard(1)
  const before = ben.frames.length
  expect(await eraseAll(operator, canary)).toBe(3)
  await ben.settle()
  const news = ben.frames.slice(before)
  expect(entriesIn(news)).toMatchObject([{ type: 'deletion', targets: [1, 2], reason: 'erased', seq: 4 }])
  const updated = news.find(([event]) => event === 'ticket_updated')
  expect(updated).toMatchObject(['ticket_updated', { data: { display_name: null } }])
  expect(JSON.stringify(news)).not.toContain(canary)
  const page = await ben.request('join', { room: 'r' })
  expect(JSON.stringify(page)).not.toContain(canary)
  expect(page.entries).toEqual([
    ...[1, 2].map((seq) => expect.objectContaining({ seq, kind: 'removed', author: null, message_data: '' })),
    kept,
  ])
  expect(await eraseAll(operator, canary)).toBe(0)
  expect((await store.personal.read('demo', [canary], null)).rows).toEqual([])
  expect(messagesIn(news)).toEqual([])
})

it('[PD5] ends the sessions of whom it erases, refuses what was issued before, and keeps no word of whose it was', async () => {
  const { chat, store, operator } = await openErasing()
  const enter = (sub: string, iat: number) => chat.open({ protocol: 1, token: sign({ sub, iat }) })
  const [ann, ben] = [enter(canary, now() - 10), enter('ben', now() - 10)]
  for (const socket of [ann, ben]) await socket.first('hello')
  await eraseAll(operator, canary)
  await expect.poll(() => ann.frames.at(-1)).toEqual(['disconnect', 'transport close'])
  const [[event, data] = []] = await enter(canary, now() - 10).heard(1)
  expect([event, data]).toMatchObject(['connect_error', { code: 'unauthenticated', details: 'revoked' }])
  expect(await ben.ask('join', { room: 'r' })).not.toHaveProperty('error')
  const changes = await store.changes.after(0)
  expect(changes).toMatchObject([{ change: { kind: 'sessions_revoked' } }])
  expect(JSON.stringify(changes)).not.toContain(canary)
  expect(await store.revocations.get('demo', canary)).toBeNull()
  expect((await enter(canary, now() + 1).first('hello')).user_id).toBe(canary)
})

it('[PD3] is for server keys with the scope alone, and nobody else learns whether there is anything', async () => {
  const { chat, plain: keyOnly } = await openErasing()
  const admin = await chat.connect('boss', { role: 'admin' })
  const plain = await chat.connect('root', keyOnly)
  for (const socket of [admin, plain, await chat.connect('ann')]) {
    for (const user_id of ['boss', 'nobody']) {
      expect(await socket.refusal('export_user', { user_id })).toBe('forbidden')
      expect(await socket.refusal('erase_user', { user_id })).toBe('forbidden')
    }
  }
})
