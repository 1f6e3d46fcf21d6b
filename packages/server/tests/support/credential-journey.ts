import { randomUUID } from 'node:crypto'
import { KeyScope, type RequestName, requests } from '@dowellchat/protocol'
import { type V2RequestName, v2Requests } from '@dowellchat/protocol/v2'
import { expect } from 'vitest'
import type { Store } from '../../src/stores/store.ts'
import type { TestChat, TestSocket } from '../../src/testing/connect.ts'
import { now, sign } from './foreign-tokens.ts'
import { type Names, samplesOf, v2SampleOf } from './sample-payloads.ts'
import { storedKey } from './stored-keys.ts'

/** A credential, and its holder's sockets, each of which may be told it once; none for those that nobody is told. */
export interface Credential {
  readonly what: string
  readonly secret: string
  readonly holder: readonly TestSocket[]
}

/** What HTTP answered. */
export interface Journey {
  readonly credentials: readonly Credential[]
  readonly http: readonly string[]
}

/** Makes credentials of every kind, and sends every request of both dialects with all of them in place. */
export async function useCredentials(chat: TestChat, store: Store): Promise<Journey> {
  const first = await storedKey(store, { scopes: KeyScope.options })
  const operator = await chat.connect('operator', { api_key: first.secret, role: 'admin' })
  const made = await createKeys(operator)
  const guests = await loginGuest(chat)
  const tokens = userTokens()
  const user = chat.open({ protocol: 1, token: tokens.user })
  await user.first('hello')
  await user.request('renew_token', { token: tokens.renewed })
  const program = await chat.connect('program', { api_key: made.server.secret, role: 'admin' })
  const credentials: Credential[] = [
    { what: 'stored key', secret: first.secret, holder: [] },
    ...Object.entries(made).map(([what, { secret }]) => ({
      what: `${what} key`,
      secret,
      holder: [operator],
    })),
    ...Object.entries(tokens).map(([what, secret]) => ({ what: `${what} token`, secret, holder: [] })),
    ...guests,
  ]
  const names = await namesFor(operator, user)
  const extra = { api_key: made.server.secret, token: tokens.user, guest_token: guests[0]?.secret ?? '' }
  for (const socket of [user, program, operator]) await sendAll(socket, names, extra)
  const guest = chat.open({ protocol: 1, workspace_id: 'demo', guest: true })
  const { guest_token = '' } = await guest.first('hello')
  await sendAll(guest, names, extra)
  await sendAllOfV2(await chat.connectV2(), names, [made.page.secret, made.server.secret, tokens.user])
  await refuseHandshakes(chat, [...credentials.map(({ secret }) => secret)])
  for (const socket of chat.sockets) if (socket.socket.connected) await socket.settle()
  return {
    credentials: [...credentials, { what: 'token of another guest', secret: guest_token, holder: [guest] }],
    http: await askOverHttp(chat, credentials),
  }
}

interface Made {
  readonly secret: string
  readonly keyId: string
}

async function createKeys(
  operator: TestSocket,
): Promise<Record<'server' | 'page' | 'old' | 'revoked', Made>> {
  const create = async (kind: 'server' | 'page'): Promise<Made> => {
    const payload = { kind, name: kind, cid: randomUUID() }
    const { key, secret } = await operator.request('create_key', payload)
    expect((await operator.request('create_key', payload)).secret).toBeNull()
    return { secret: secret ?? '', keyId: key._id }
  }
  const [old, page, revoked] = [await create('server'), await create('page'), await create('page')]
  const payload = { key_id: old.keyId, cid: randomUUID() }
  const { key, secret } = await operator.request('rotate_key', payload)
  expect((await operator.request('rotate_key', payload)).secret).toBeNull()
  await operator.request('revoke_key', { key_id: revoked.keyId })
  return { server: { secret: secret ?? '', keyId: key._id }, page, old, revoked }
}

/** A guest who comes back and then logs in; each `hello` has a token for the guest alone. */
async function loginGuest(chat: TestChat): Promise<Credential[]> {
  const auth = { protocol: 1, workspace_id: 'demo', guest: true }
  const told = chat.open(auth)
  const { guest_token = '' } = await told.first('hello')
  const back = chat.open({ ...auth, guest_token })
  const { guest_token: second = '' } = await back.first('hello')
  const token = sign({ sub: 'was-a-guest' })
  await chat.open({ protocol: 1, token, guest_token: second }).first('hello')
  expect((await chat.open({ ...auth, guest_token }).heard(1))[0]?.[0]).toBe('connect_error')
  return [
    // Both of one second are the same text.
    { what: 'guest token', secret: guest_token, holder: [told, back] },
    { what: 'renewed guest token', secret: second, holder: [told, back] },
    { what: 'token of who was a guest', secret: token, holder: [] },
  ]
}

function userTokens() {
  return {
    user: sign({ sub: 'ann', role: 'agent' }),
    renewed: sign({ sub: 'ann', role: 'agent', exp: now() + 7_200 }),
    expired: sign({ sub: 'ann', iat: now() - 100, exp: now() - 50 }),
    'foreign-signed': sign({ sub: 'ann' }, 'a secret that nobody has configured here'),
  }
}

async function namesFor(operator: TestSocket, user: TestSocket): Promise<Names> {
  await operator.request('create_topic', { name: 'billing', cid: randomUUID() })
  const ticket = await user.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const { _id: members } = await operator.request('create_room', {
    kind: 'members',
    members: ['ann'],
    cid: randomUUID(),
  })
  const { invite } = await operator.request('create_invite', { room: members, cid: randomUUID() })
  const { epoch } = await user.request('join', { room: 'r' })
  const message = await user.request('message_event', {
    room_id: 'r',
    message_data: 'x',
    cid: randomUUID(),
  })
  const none = randomUUID()
  const known = { ticket: ticket._id, message: message._id, members, invite, epoch }
  return {
    socket: user.id,
    user: 'ben',
    room: 'r',
    topic: 'billing',
    call: none,
    key: none,
    audit: none,
    upload: none,
    ...known,
  }
}

async function sendAll(socket: TestSocket, names: Names, extra: object): Promise<void> {
  for (const name of Object.keys(requests) as RequestName[])
    for (const payload of samplesOf(name, names, randomUUID()))
      await socket.ask(name, { ...payload, ...extra })
}

async function sendAllOfV2(page: TestSocket, names: Names, keys: readonly string[]): Promise<void> {
  for (const name of Object.keys(v2Requests) as V2RequestName[])
    for (const api_key of keys) {
      const payload = { ...v2SampleOf(name, names), workspace_id: 'demo', api_key }
      page.emit(name, payload)
      await page.ask(name, payload)
    }
}

/** Each credential where another kind belongs, or in a workspace that it does not open. */
async function refuseHandshakes(chat: TestChat, secrets: readonly string[]): Promise<void> {
  const handshakes = secrets.flatMap((secret) => [
    { protocol: 1, workspace_id: 'other', api_key: secret, user_id: 'eve' },
    { protocol: 1, workspace_id: 'other', token: secret },
    { protocol: 1, workspace_id: 'demo', guest: true, guest_token: `${secret}x` },
    { protocol: secret, workspace_id: 'demo' },
  ])
  for (const auth of handshakes) await chat.open(auth).heard(1)
}

async function askOverHttp(chat: TestChat, credentials: readonly Credential[]): Promise<string[]> {
  const names = ['token', 'api_key', 'guest_token']
  const asked = credentials.flatMap(({ secret }) =>
    names.map(async (name) => {
      const query = `EIO=4&transport=polling&${name}=${encodeURIComponent(secret)}`
      const answer = await fetch(`${chat.url}/socket.io/?${query}`, {
        headers: { authorization: `Bearer ${secret}` },
      })
      return JSON.stringify([...answer.headers]) + (await answer.text())
    }),
  )
  return Promise.all(asked)
}
