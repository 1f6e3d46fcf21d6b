import { randomUUID } from 'node:crypto'
import { ErrorBody, type KeyScope } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { hashKey, newSecret } from '../src/identity/secrets.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { messagesIn, openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { newKey } from '../src/testing/store-cases/making.ts'
import { now, secret, sign } from './support/foreign-tokens.ts'
import { guestWithTicket, logIn, ticketsOf } from './support/guest-journey.ts'

function open(): Promise<TestChat> {
  return openChat(onTestFinished, { tokens: { secrets: [secret] } })
}

/** A token of some seconds ago. */
const old = (change: Record<string, unknown> = {}) => sign({ iat: now() - 10, ...change })

async function enter(chat: TestChat, token: string): Promise<TestSocket> {
  const socket = chat.open({ protocol: 1, token })
  await socket.heard(2)
  return socket
}

async function outcome(chat: TestChat, token: string): Promise<unknown> {
  const [[event, data] = []] = await chat.open({ protocol: 1, token }).heard(1)
  return event === 'hello' ? 'admitted' : ErrorBody.parse(data)
}

it('[RV1] refuses the tokens that were issued before, takes newer ones, and leaves other users alone', async () => {
  const chat = await open()
  const admin = await enter(chat, sign({ sub: 'root', role: 'admin' }))
  const before = [old(), old({ role: 'admin' })]
  const { user_id, revoked_before } = await admin.request('revoke_sessions', { user_id: 'ann' })
  expect(user_id).toBe('ann')
  expect(Math.abs(Date.parse(revoked_before) - Date.now())).toBeLessThan(20_000)
  for (const token of before) {
    expect(await outcome(chat, token)).toEqual({
      code: 'unauthenticated',
      message: 'The sessions of this user were ended',
      details: 'revoked',
      retryable: false,
    })
  }
  expect(await outcome(chat, sign({ iat: Date.now() / 1_000 }))).toBe('admitted')
  expect(await outcome(chat, old({ sub: 'ben' }))).toBe('admitted')
  expect(await outcome(chat, old({ workspace_id: 'other' }))).toBe('admitted')
})

it('[RV1] is for admins, and for keys with the scope', async () => {
  const chat = await open()
  const tokens = ['customer', 'agent'].map((role) => sign({ sub: 'eve', role }))
  for (const token of tokens) {
    const eve = await enter(chat, token)
    expect(await eve.refusal('revoke_sessions', { user_id: 'ann' })).toBe('forbidden')
  }
  const program = await chat.connect('program', { role: 'admin' })
  expect(await program.refusal('revoke_sessions', { user_id: 'ann' })).toBe('forbidden')
  expect(await outcome(chat, old())).toBe('admitted')
})

it('[RV1] is for a server key with the scope, whatever its role', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const keyPepper = 'the pepper of these tests'
  const chat = await openChat(onTestFinished, { store, keyPepper, tokens: { secrets: [secret] } })
  const program = async (scopes: KeyScope[]) => {
    const { secret, prefix } = newSecret()
    const key = newKey({ workspace_id: 'demo', prefix, hash: hashKey(secret, keyPepper), scopes })
    await store.keys.create(key)
    return chat.connect('program', { api_key: secret })
  }
  const [revoker, auditor] = [await program(['revoke']), await program(['audit'])]
  expect(await auditor.refusal('revoke_sessions', { user_id: 'ann' })).toBe('forbidden')
  expect(await outcome(chat, old())).toBe('admitted')
  await revoker.request('revoke_sessions', { user_id: 'ann' })
  expect(await outcome(chat, old())).toMatchObject({ details: 'revoked' })
  await expect
    .poll(async () =>
      (await auditor.request('get_audit', {})).entries.map(({ act, by, user_id }) => [act, by, user_id]),
    )
    .toContainEqual(['revoke_sessions', 'program', 'ann'])
})

it("[RV1] refuses a guest's token that was given before", async () => {
  const chat = await open()
  const admin = await enter(chat, sign({ sub: 'root', role: 'admin' }))
  const auth = { protocol: 1, workspace_id: 'demo', guest: true }
  const guest = chat.open(auth)
  const { user_id, guest_token } = await guest.first('hello')
  await new Promise((resolve) => setTimeout(resolve, 10))
  await admin.request('revoke_sessions', { user_id })
  await expect.poll(() => guest.frames.at(-1)).toEqual(['disconnect', 'transport close'])
  const [[event, data] = []] = await chat.open({ ...auth, guest_token }).heard(1)
  expect([event, data]).toMatchObject(['connect_error', { code: 'unauthenticated', details: 'revoked' }])
  expect((await chat.open(auth).first('hello')).user_id).not.toBe(user_id)
})

it("[RV1, GU3] makes nobody of a guest's token that was given before, and lets the user in without that guest", async () => {
  const chat = await open()
  const { admin, ticket, guest_token, user_id } = await guestWithTicket(chat)
  await admin.socket.request('revoke_sessions', { user_id })
  const thieves = [await logIn(chat, 'eve', { guest_token }), await logIn(chat, 'eve')]
  for (const eve of thieves) {
    expect(eve.hello).toMatchObject({ user_id: 'eve', guest_ids: [] })
    expect(await ticketsOf(eve)).toEqual([])
    expect(await eve.socket.refusal('join_ticket', { ticket_id: ticket._id })).toBe('not_found')
  }
  const page = await chat.connectV2({ token: sign({ sub: 'eve' }), guest_token })
  expect(await page.refusal('get_ticket_messages', { ticket_id: ticket._id })).toBe('not_found')
})

it("[RV1, GU3] keeps a guest the user's who had become them before", async () => {
  const chat = await open()
  const { admin, ticket, guest_token, user_id } = await guestWithTicket(chat)
  await logIn(chat, 'ann', { guest_token })
  await admin.socket.request('revoke_sessions', { user_id })
  const ann = await logIn(chat, 'ann', { guest_token })
  expect(ann.hello.guest_ids).toEqual([user_id])
  expect(await ticketsOf(ann)).toEqual([ticket._id])
})

it('[RV1] never lowers the time, and takes none of the future', async () => {
  const chat = await open()
  const admin = await enter(chat, sign({ sub: 'root', role: 'admin' }))
  const first = await admin.request('revoke_sessions', { user_id: 'ann' })
  const issued_before = '2020-01-01T00:00:00.000Z'
  expect(await admin.request('revoke_sessions', { user_id: 'ann', issued_before })).toEqual(first)
  const future = '2999-01-01T00:00:00.000Z'
  const late = await admin.request('revoke_sessions', { user_id: 'ben', issued_before: future })
  expect(late.revoked_before < future).toBe(true)
  expect(await admin.request('revoke_sessions', { user_id: 'eve', issued_before })).toMatchObject({
    revoked_before: issued_before,
  })
  expect(await outcome(chat, old({ sub: 'eve' }))).toBe('admitted')
})

it('[RV1] is no way to renew a connection either', async () => {
  const chat = await open()
  const admin = await enter(chat, sign({ sub: 'root', role: 'admin' }))
  const ann = await enter(chat, sign({ iat: now() + 20 }))
  await admin.request('revoke_sessions', { user_id: 'ann' })
  const answer = await ann.ask('renew_token', { token: old() })
  expect(answer).toMatchObject({ error: { code: 'unauthenticated', details: 'revoked' } })
})

it('[RV2] ends the connections of the user, and of nobody else, and delivers nothing to them later', async () => {
  const chat = await open()
  const admin = await enter(chat, sign({ sub: 'root', role: 'admin' }))
  const [phone, tab, page] = [
    await enter(chat, old()),
    await enter(chat, old()),
    await chat.connectV2({ token: old() }),
  ]
  const others = [await enter(chat, old({ sub: 'ben' })), await enter(chat, old({ workspace_id: 'other' }))]
  const newer = await enter(chat, sign({ iat: now() + 20 }))
  for (const socket of [phone, tab, newer]) await socket.request('join', { room: 'r' })
  await page.ask('join', { room: 'r' })
  for (const socket of [phone, tab, page, newer]) await socket.heard()

  await admin.request('revoke_sessions', { user_id: 'ann' })
  for (const socket of [phone, tab, page]) {
    await expect.poll(() => socket.frames.at(-1)).toEqual(['disconnect', 'transport close'])
  }
  await admin.request('message_event', { room_id: 'r', message_data: 'later', cid: randomUUID() })
  expect(await newer.heard(1)).toHaveLength(1)
  for (const socket of [phone, tab]) {
    const [[event, failure] = []] = await socket.heard()
    expect([event, failure]).toMatchObject([
      'error_response',
      { error: { code: 'unauthenticated', details: 'revoked' } },
    ])
    expect(messagesIn(socket.frames)).toEqual([])
  }
  expect((await page.heard()).map(([event]) => event)).toEqual(['error_response', 'disconnect'])
  for (const socket of others) expect(await socket.heard()).toEqual([])
})

it('[RV2] answers an admin who ends their own sessions before it ends them', async () => {
  const chat = await open()
  const admin = await enter(chat, old({ sub: 'root', role: 'admin' }))
  expect(await admin.request('revoke_sessions', { user_id: 'root' })).toMatchObject({ user_id: 'root' })
  await expect.poll(() => admin.frames.at(-1)).toEqual(['disconnect', 'transport close'])
})
