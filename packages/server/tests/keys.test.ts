import { randomUUID } from 'node:crypto'
import { type KeyScope, type PayloadOf, requests } from '@dowellchat/protocol'
import { v2Requests } from '@dowellchat/protocol/v2'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { NewKey, Store } from '../src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { range } from '../src/testing/store-cases/making.ts'
import { expectAsLong } from './support/medians.ts'
import { keyPepper, storedKey } from './support/stored-keys.ts'

const allScopes: KeyScope[] = ['keys', 'revoke', 'audit', 'export', 'erase']

interface Scene {
  readonly chat: TestChat
  readonly store: Store
  /** Connects a program with a key of these scopes. */
  operator(scopes?: readonly KeyScope[]): Promise<TestSocket>
  /** Puts a key into the store. */
  stored(change?: Partial<NewKey>): Promise<{ secret: string; keyId: string }>
}

async function openScene(): Promise<Scene> {
  const store = await embeddedStore({ path: ':memory:' })
  const chat = await openChat(onTestFinished, {
    store,
    keyPepper,
    v2: { workspace: 'demo' },
    workspaces: [
      { id: 'demo', keys: [{ key: 'demo-key', kinds: ['page', 'server'] }], v2: true },
      { id: 'plain', keys: ['plain-key'] },
    ],
  })
  const stored = (change: Partial<NewKey> = {}) => storedKey(store, change)
  return {
    chat,
    store,
    stored,
    async operator(scopes = allScopes) {
      const { secret } = await stored({ scopes: [...scopes] })
      return chat.connect('operator', { api_key: secret })
    },
  }
}

const cid = () => randomUUID()

/** Whether a handshake with a key is admitted, and else why not. */
async function handshake({ chat }: Scene, auth: object): Promise<unknown> {
  const identity = { protocol: 1, workspace_id: 'demo', user_id: 'ann', ...auth }
  const [[event, data] = []] = await chat.open(identity).next(1)
  return event === 'connect_error' ? data : 'admitted'
}

/** The answer to a V2 payload with a key. */
function ask(page: TestSocket, api_key: string, more: object = {}) {
  return page.ask('get_all_topics', { workspace_id: 'demo', api_key, ...more })
}

const wrong = {
  code: 'unauthenticated',
  message: 'workspace_id and api_key do not belong together',
  retryable: false,
}

it('[KE1] takes server keys in handshakes alone, and page keys in the payloads of V2 alone', async () => {
  const scene = await openScene()
  const operator = await scene.operator()
  const page = await scene.chat.connectV2()
  const create = (kind: 'page' | 'server') => operator.request('create_key', { kind, cid: cid() })
  const [pageKey, serverKey] = [await create('page'), await create('server')]
  const [ofPage, ofServer] = [pageKey.secret ?? '', serverKey.secret ?? '']

  expect(await handshake(scene, { api_key: ofServer })).toBe('admitted')
  expect(await handshake(scene, { api_key: ofPage })).toEqual(wrong)
  expect(await ask(page, ofPage)).toMatchObject({ status: 'success' })
  expect(await ask(page, ofServer)).toMatchObject({ status: 'failure', error: wrong })
})

it('[KE1] takes page keys only where V2 pages are taken', async () => {
  const scene = await openScene()
  const { secret } = await scene.stored({ workspace_id: 'plain', kind: 'page' })
  const page = await scene.chat.connectV2()
  for (const key of [secret, 'plain-key'])
    expect(await ask(page, key, { workspace_id: 'plain' })).toMatchObject({ error: wrong })
})

it("[KE1] lets a stranger with a page's key reach V2's events and nothing else", async () => {
  const scene = await openScene()
  const { secret } = await scene.stored({ kind: 'page' })
  const page = await scene.chat.connectV2()
  const others = Object.keys(requests).filter((name) => !(name in v2Requests))
  expect(others.length).toBeGreaterThan(5)
  for (const name of others)
    expect([name, await page.refusal(name, { workspace_id: 'demo', api_key: secret })]).toEqual([
      name,
      'unknown_event',
    ])
})

it('[KE2] does what a key has the scopes for, whatever the role', async () => {
  const scene = await openScene()
  const { keyId } = await scene.stored()
  const tries = [
    ['create_key', { kind: 'server', cid: cid() }],
    ['get_keys', {}],
    ['rotate_key', { key_id: keyId, cid: cid() }],
    ['revoke_key', { key_id: keyId }],
    ['get_audit', {}],
  ] as const
  const admin = await scene.chat.connect('root', { role: 'admin' })
  const auditor = await scene.operator(['audit'])
  const keeper = await scene.operator(['keys'])
  const allowed = async (socket: TestSocket) => {
    const answers = await Promise.all(tries.map(([name, payload]) => socket.ask(name, payload)))
    return answers.map((one) => ('error' in one ? one.error.code : one.status))
  }
  expect(await allowed(admin)).toEqual(Array(5).fill('forbidden'))
  expect(await allowed(auditor)).toEqual([...Array(4).fill('forbidden'), 'success'])
  expect(await allowed(keeper)).toEqual([...Array(4).fill('success'), 'forbidden'])
})

it('[KE2] gives no scope, and touches no key of a scope, that the own key does not have', async () => {
  const scene = await openScene()
  const { keyId } = await scene.stored({ scopes: ['keys', 'erase'] })
  const keeper = await scene.operator(['keys'])
  const create = { kind: 'server', scopes: ['keys', 'erase'], cid: cid() }
  expect(await keeper.refusal('create_key', create)).toBe('forbidden')
  expect(await keeper.refusal('rotate_key', { key_id: keyId, cid: cid() })).toBe('forbidden')
  expect(await keeper.refusal('revoke_key', { key_id: keyId })).toBe('forbidden')
  const ofPage = { kind: 'page', scopes: ['keys'], cid: cid() }
  expect(await keeper.refusal('create_key', ofPage)).toBe('invalid_payload')
  const { keys } = await keeper.request('get_keys', {})
  expect(keys.every(({ revoked_at, replaces }) => revoked_at === null && replaces === null)).toBe(true)
})

it('[KE3] answers a secret once, and only to the request that creates it', async () => {
  const scene = await openScene()
  const operator = await scene.operator()
  const payload: PayloadOf<'create_key'> = { kind: 'server', name: 'shop', scopes: ['audit'], cid: cid() }
  const { key, secret } = await operator.request('create_key', payload)
  expect(secret).toMatch(/^dck_[\w-]{32}$/)
  expect(secret?.startsWith(key.prefix)).toBe(true)
  expect(key).toMatchObject({ kind: 'server', name: 'shop', scopes: ['audit'], created_by: 'operator' })
  expect(await operator.request('create_key', payload)).toEqual({ key, secret: null })
  expect(await operator.refusal('create_key', { ...payload, name: 'other' })).toBe('conflict')
  const rotate = { key_id: key._id, cid: cid() }
  const rotated = await operator.request('rotate_key', rotate)
  expect(await operator.request('rotate_key', rotate)).toEqual({ ...rotated, secret: null })
  const listed = await operator.request('get_keys', {})
  expect(JSON.stringify(listed)).not.toContain(String(secret))
})

it('[KE2] lists keys newest first, page after page, and none of another workspace', async () => {
  const scene = await openScene()
  await scene.stored({ workspace_id: 'plain' })
  const operator = await scene.operator()
  const created: string[] = []
  for (const _ of range(1, 6))
    created.push((await operator.request('create_key', { kind: 'page', cid: cid() })).key._id)
  const ids: string[] = []
  for (let more = true; more; ) {
    const before = ids.at(-1)
    const page = await operator.request('get_keys', { limit: 3, ...(before !== undefined && { before }) })
    ids.push(...page.keys.map(({ _id }) => _id))
    more = page.more
  }
  // The oldest is the operator's own.
  expect(ids).toEqual([...created.reverse(), expect.any(String)])
})

it('[KE4] refuses every wrong key in the same words, in handshakes and payloads', async () => {
  const scene = await openScene()
  const past = '2020-01-01T00:00:00.000Z'
  const { secret } = await scene.stored()
  const revoked = await scene.stored()
  await scene.store.keys.revoke('demo', revoked.keyId)
  const wrongs = [
    { api_key: 'guess' },
    { api_key: `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}` },
    { api_key: secret, workspace_id: 'plain' },
    { api_key: secret, workspace_id: 'unknown' },
    { api_key: 'demo-key', workspace_id: 'unknown' },
    { api_key: (await scene.stored({ expires_at: past })).secret },
    { api_key: revoked.secret },
  ]
  const page = await scene.chat.connectV2()
  for (const one of wrongs) {
    expect(await handshake(scene, one)).toEqual(wrong)
    expect(await ask(page, one.api_key, one)).toMatchObject({ error: wrong })
  }
})

it('[KE4] takes as long for a key of a missing workspace as for a wrong one', async () => {
  const scene = await openScene()
  const made = (n: number) => `dck_${String(n).padStart(32, '0')}`
  // Fewer, in three rounds, than the limit on wrong keys of one address.
  await expectAsLong(async (round) => {
    const page = await scene.chat.connectV2()
    const times: Record<'demo' | 'unknown', number[]> = { demo: [], unknown: [] }
    for (const n of range(1, 90)) {
      for (const workspace_id of n % 2 ? (['demo', 'unknown'] as const) : (['unknown', 'demo'] as const)) {
        const start = performance.now()
        const answer = await ask(page, made(100 * round + n), { workspace_id })
        times[workspace_id].push(performance.now() - start)
        expect(answer).toMatchObject({ error: wrong })
      }
    }
    return [times.demo, times.unknown]
  })
})

it('[KE4] stops asking the store when an address guesses', async () => {
  const scene = await openScene()
  let asked = 0
  const find = scene.store.keys.find.bind(scene.store.keys)
  vi.spyOn(scene.store.keys, 'find').mockImplementation((...args) => {
    asked += 1
    return find(...args)
  })
  for (const socketNumber of range(1, 10)) {
    const page = await scene.chat.connectV2()
    for (const n of range(1, 200))
      page.emit('get_all_topics', { workspace_id: 'demo', api_key: guess(socketNumber, n) })
    await page.closed()
  }
  expect(asked).toBeGreaterThan(100)
  expect(asked).toBeLessThan(1_000)
})

function guess(socket: number, n: number): string {
  return `dck_${String(socket * 1_000 + n).padStart(32, 'x')}`
}

it('[KE5] lets both keys in while a rotation lasts, and then the new one alone', async () => {
  const scene = await openScene()
  const operator = await scene.operator()
  const made = await operator.request('create_key', { kind: 'server', scopes: ['audit'], cid: cid() })
  const rotate = { key_id: made.key._id, grace_ms: 8_000, cid: cid() }
  const { key, secret, replaced } = await operator.request('rotate_key', rotate)
  expect(key).toMatchObject({ kind: 'server', scopes: ['audit'], replaces: made.key._id })
  expect(Date.parse(replaced.expires_at ?? '')).toBeGreaterThan(Date.now())
  for (const api_key of [made.secret, secret]) expect(await handshake(scene, { api_key })).toBe('admitted')
  const old = await scene.chat.connect('ann', { api_key: made.secret })

  await old.closed()

  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(replaced.expires_at ?? ''))
  expect(await handshake(scene, { api_key: made.secret })).toEqual(wrong)
  expect(await handshake(scene, { api_key: secret })).toBe('admitted')
  expect(await operator.refusal('rotate_key', { key_id: made.key._id, cid: cid() })).toBe('conflict')
})

it('[KE6] closes what a revoked key has opened, with the reason, and nothing else', async () => {
  const scene = await openScene()
  const operator = await scene.operator()
  const { key, secret } = await operator.request('create_key', { kind: 'server', cid: cid() })
  const shop = await scene.chat.connect('shop', { api_key: secret })
  const other = await scene.chat.connect('other')

  const first = await operator.request('revoke_key', { key_id: key._id })
  const again = await operator.request('revoke_key', { key_id: key._id })

  expect([first.revoked_now, again.revoked_now, again.key]).toEqual([true, false, first.key])
  await shop.closed()
  expect(shop.frames).toContainEqual([
    'error_response',
    expect.objectContaining({
      error: expect.objectContaining({ code: 'unauthenticated', details: 'key_ended' }),
    }),
  ])
  await other.settle()
  expect(await handshake(scene, { api_key: secret })).toEqual(wrong)
  expect(await operator.refusal('revoke_key', { key_id: 'unknown' })).toBe('not_found')
})

it('[KE6] ends the subscriptions that a page key has opened, and leaves the page connected', async () => {
  const scene = await openScene()
  const operator = await scene.operator()
  const admin = await scene.chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: cid() })
  const create = () => operator.request('create_key', { kind: 'page', cid: cid() })
  const [old, kept] = [await create(), await create()]
  const page = await scene.chat.connectV2()
  const keptPage = await scene.chat.connectV2()
  await ask(page, old.secret ?? '')
  await ask(keptPage, kept.secret ?? '')
  const newTicket = () => admin.request('create_ticket', { product: 'sales', cid: cid() })
  await newTicket()
  await page.untilHeard('new_ticket')
  await page.heard()

  await operator.request('revoke_key', { key_id: old.key._id })
  await expect.poll(async () => (await ask(page, old.secret ?? '')).status).toBe('failure')
  await keptPage.heard()
  await newTicket()

  await keptPage.untilHeard('new_ticket')
  expect((await page.heard()).map(([event]) => event)).not.toContain('new_ticket')
})

it('[KE7] notes when a key was last used, once a minute', async () => {
  const scene = await openScene()
  const operator = await scene.operator()
  const { key, secret } = await operator.request('create_key', { kind: 'server', cid: cid() })
  expect(key.last_used_at).toBeNull()
  const used = vi.spyOn(scene.store.keys, 'used')
  for (const _ of range(1, 3)) await handshake(scene, { api_key: secret })
  const lastUsed = async () => (await scene.store.keys.get('demo', key._id))?.last_used_at
  await expect.poll(lastUsed).not.toBeNull()
  expect(Date.now() - Date.parse((await lastUsed()) ?? '')).toBeLessThan(60_000)
  expect(used.mock.calls.filter(([, keyId]) => keyId === key._id)).toHaveLength(1)
})
