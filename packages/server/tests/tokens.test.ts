import { ErrorBody } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { type Auth, openChat, type TestChat } from '../src/testing/connect.ts'
import { claims, ec, ed, forge, now, pem, rsa, secret, sign, signEd } from './support/foreign-tokens.ts'

const tokens = { secrets: [secret], publicKeys: [pem(rsa.publicKey), pem(ec.publicKey)] }

function open(options: Partial<ChatServerOptions> = {}): Promise<TestChat> {
  return openChat(onTestFinished, { tokens, ...options })
}

/** The `hello` of a handshake with a token. */
async function hello(chat: TestChat, token: unknown, auth: Auth = {}) {
  return chat.open({ protocol: 1, token, ...auth }).first('hello')
}

/** The `data` of the `connect_error` that a token gets. */
async function refused(chat: TestChat, token: unknown, auth: Auth = {}): Promise<ErrorBody> {
  const socket = chat.open({ protocol: 1, token, ...auth })
  const [frame] = await socket.heard(1)
  expect(frame?.[0]).toBe('connect_error')
  return ErrorBody.parse(frame?.[1])
}

it('[TO1] lets somebody in as the token says', async () => {
  const chat = await open()
  const picture = 'https://example.org/ann.png'
  const agent = sign({ sub: 'agent-7', name: 'Ann', role: 'agent', picture, rooms: ['orders-*'] })
  expect(await hello(chat, agent)).toMatchObject({
    workspace_id: 'demo',
    user_id: 'agent-7',
    role: 'agent',
    name: 'Ann',
    is_guest: false,
    guest_ids: [],
  })
  expect(await hello(chat, sign())).toMatchObject({ user_id: 'ann', role: 'customer', name: null })
  expect(await hello(chat, sign({ workspace_id: 'other' }))).toMatchObject({ workspace_id: 'other' })
})

it('[TO1] lets a V2 page in too', async () => {
  const chat = await open()
  const page = await chat.connectV2({ token: sign({ role: 'admin' }) })
  expect(await page.ask('get_all_topics', {})).toMatchObject({ status: 'success' })
})

const month = 30 * 24 * 3_600

it.each<[string, () => unknown]>([
  ['an empty text', () => ''],
  ['no token', () => 'a.b.c'],
  ['one without a signature', () => sign().replace(/[^.]*$/, '')],
  [
    'one that was tampered with',
    () => sign().replace(/\.[^.]*\./, `.${sign({ role: 'admin' }).split('.')[1]}.`),
  ],
  ['one with a changed signature', () => `${sign().slice(0, -3)}AAA`],
  ['one of another secret', () => sign({}, 'another secret, which is long enough as well')],
  ['alg none', () => forge({ alg: 'none', typ: 'JWT' }, claims())],
  ['alg None', () => forge({ alg: 'None' }, claims())],
  ['alg none with a signature', () => forge({ alg: 'none' }, claims(), secret)],
  ['no alg', () => forge({ typ: 'JWT' }, claims(), secret)],
  ['an alg that is a list', () => forge({ alg: ['HS256'] }, claims(), secret)],
  ['the RSA key as an HS256 secret', () => forge({ alg: 'HS256' }, claims(), pem(rsa.publicKey))],
  ['the RSA key, trimmed, as a secret', () => forge({ alg: 'HS256' }, claims(), pem(rsa.publicKey).trim())],
  ['HS256 under the name RS256', () => forge({ alg: 'RS256' }, claims(), secret)],
  ['HS512 with the right secret', () => sign({}, secret, { alg: 'HS512' })],
  ['RS384 with the right key', () => sign({}, rsa.privateKey, { alg: 'RS384' })],
  ['PS256 with the right key', () => sign({}, rsa.privateKey, { alg: 'PS256' })],
  ['EdDSA, which is not configured', () => forge({ alg: 'EdDSA' }, claims(), secret)],
  [
    'its own key in the header',
    () => sign({}, secretOf('evil'), { jwk: { kty: 'oct', k: 'ZXZpbA' } } as never),
  ],
  [
    'a crit header that nobody knows',
    () => forge({ alg: 'HS256', crit: ['exp2'], exp2: 1 }, claims(), secret),
  ],
  ['an unencoded payload', () => forge({ alg: 'HS256', b64: false, crit: ['b64'] }, claims(), secret)],
  ['a payload that is a list', () => forge({ alg: 'HS256' }, [claims()], secret)],
  ['a payload that is no JSON', () => forge({ alg: 'HS256' }, '{"sub":', secret)],
  ['a header that is no JSON', () => `e30x.${sign().split('.').slice(1).join('.')}`],
  ['an encrypted one', () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA'],
  ['no sub', () => sign({ sub: undefined })],
  ['an empty sub', () => sign({ sub: '' })],
  ['a sub of blanks', () => sign({ sub: ' ' })],
  ['a number as sub', () => forge({ alg: 'HS256' }, claims({ sub: 7 }), secret)],
  ['a list as sub', () => forge({ alg: 'HS256' }, claims({ sub: ['ann'] }), secret)],
  ['a sub that is too long', () => sign({ sub: 'x'.repeat(129) })],
  ['a sub that reads backwards', () => sign({ sub: '\u202enna' })],
  ['the id of a guest', () => sign({ sub: 'guest:0198c0de-0000-7000-8000-000000000000' })],
  ['what takes the place of an erased id', () => sign({ sub: 'erased:abc' })],
  ['no iat', () => sign({ iat: undefined })],
  ['no exp', () => sign({ exp: undefined })],
  ['a text as exp', () => forge({ alg: 'HS256' }, claims({ exp: '4000000000' }), secret)],
  [
    'an endless exp',
    () => forge({ alg: 'HS256' }, JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999'), secret),
  ],
  ['an iat before time', () => forge({ alg: 'HS256' }, claims({ iat: -1e12 }), secret)],
  ['exp in 10 years', () => sign({ exp: now() + 120 * month })],
  ['exp in 31 days', () => sign({ exp: now() + month + 60 })],
  ['an iat in the future', () => sign({ iat: now() + 60 })],
  ['nbf in the future', () => sign({ nbf: now() + 60 })],
  ['a role that is none', () => sign({ role: 'root' })],
  ['null as a role', () => sign({ role: null })],
  ['a text as rooms', () => sign({ rooms: 'lobby' })],
  ['null as rooms', () => sign({ rooms: null })],
  ['a star in the middle of rooms', () => sign({ rooms: ['a*b'] })],
  ['a number among the rooms', () => sign({ rooms: [1] })],
  ['a workspace that is none', () => sign({ workspace_id: 'nowhere' })],
  ['a workspace of the prototype', () => sign({ workspace_id: '__proto__' })],
  ['a list as a workspace', () => forge({ alg: 'HS256' }, claims({ workspace_id: ['demo'] }), secret)],
  ['no workspace, where there are two', () => sign({ workspace_id: undefined })],
  ['more than 8 KiB', () => sign({ more: 'x'.repeat(8_192) })],
  ['50 KB of dots', () => '.'.repeat(50_000)],
])('[TO2] refuses %s', async (_what, make) => {
  const chat = await open()
  const token = make()
  const error = await refused(chat, token)
  expect(error).toEqual({ code: 'unauthenticated', message: 'The token is not valid', retryable: false })
})

function secretOf(text: string): string {
  return text.padEnd(32, '-')
}

it.each([[{ a: 1 }], [['a.b.c']], [7], [true], [null]])('[TO2] refuses %j as a token', async (token) => {
  const chat = await open()
  expect(await refused(chat, token)).toMatchObject({ code: 'unauthenticated' })
})

it('[TO2] closes a connection that sends 100 KB', async () => {
  const chat = await open()
  const socket = chat.open({ protocol: 1, token: sign({ more: 'x'.repeat(100_000) }) })
  await expect.poll(() => socket.socket.io.engine.readyState).toBe('closed')
  expect(socket.frames.filter(([event]) => event === 'hello')).toEqual([])
})

it('[TO2] takes no token where none are configured', async () => {
  const chat = await openChat(onTestFinished)
  expect(await refused(chat, sign())).toMatchObject({
    code: 'unauthenticated',
    message: 'The token is not valid',
  })
})

it.each<[string, object]>([
  ['iss', { iss: 'https://evil.example' }],
  ['iss', { iss: undefined }],
  ['iss', { iss: ['https://id.example'] }],
  ['aud', { aud: 'another' }],
  ['aud', { aud: undefined }],
  ['aud', { aud: [] }],
])('[TO2] refuses another %s than the configured one: %j', async (_claim, change) => {
  const chat = await open({ tokens: { secrets: [secret], issuer: 'https://id.example', audience: 'chat' } })
  const right = { iss: 'https://id.example', aud: ['shop', 'chat'] }
  await hello(chat, sign(right))
  const payload = Object.fromEntries(Object.entries(claims({ ...right, ...change })))
  expect(await refused(chat, forge({ alg: 'HS256' }, payload, secret))).toMatchObject({
    message: 'The token is not valid',
  })
})

it('[TO2] shows neither tokens nor secrets in logs', async () => {
  const lines: string[] = []
  const write = (...args: unknown[]) => void lines.push(JSON.stringify(args))
  const logger = { debug: write, info: write, warn: write, error: write }
  const chat = await open({ logger })
  const [good, bad] = [sign(), sign({}, 'another secret, which is long enough as well')]
  await hello(chat, good)
  await refused(chat, bad)
  expect(lines.length).toBeGreaterThan(0)
  for (const part of [...good.split('.'), ...bad.split('.'), secret]) expect(lines.join()).not.toContain(part)
})

it('[TO3] has a leeway of 30 s', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  onTestFinished(() => void vi.useRealTimers())
  const chat = await open()
  const old = { iat: now() - 3_600 }
  await hello(chat, sign({ ...old, exp: now() - 29 + 1 }))
  await hello(chat, sign({ nbf: now() + 25 }))
  await hello(chat, sign({ iat: now() + 25 }))
  expect(await refused(chat, sign({ ...old, exp: now() - 31 }))).toMatchObject({ code: 'unauthenticated' })
})

it('[TO3] takes tokens that are valid for 30 days, and for longer where configured', async () => {
  await hello(await open(), sign({ exp: now() + month }))
  const patient = await open({ tokens: { secrets: [secret], maxDays: 365 } })
  await hello(patient, sign({ exp: now() + 12 * month }))
  expect(await refused(patient, sign({ exp: now() + 13 * month }))).toMatchObject({ code: 'unauthenticated' })
})

it('[TO4] takes every configured key, of any algorithm', async () => {
  const rotated = {
    secrets: [secret, secretOf('the next secret')],
    publicKeys: [rsa, ec, ed].map((pair) => pem(pair.publicKey)),
  }
  const chat = await open({ tokens: rotated })
  await hello(chat, sign({}, secret))
  await hello(chat, sign({}, secretOf('the next secret')))
  await hello(chat, sign({}, rsa.privateKey, { alg: 'RS256' }))
  await hello(chat, sign({}, ec.privateKey, { alg: 'ES256' }))
  await hello(chat, signEd())
})

it('[TO6] cleans or drops a display name, and refuses nobody over it', async () => {
  const chat = await open()
  const names: [unknown, string | null][] = [
    ['', null],
    [' ', null],
    [null, null],
    [7, '7'],
    [{ a: 1 }, null],
    [' Ann ', 'Ann'],
    ['\u202eAnn', 'Ann'],
    ['a\tb', 'a b'],
    ['x'.repeat(200), 'x'.repeat(128)],
  ]
  for (const [name, shown] of names) expect((await hello(chat, sign({ name }))).name).toBe(shown)
  for (const picture of [7, '', 'javascript:alert(1)', 'x'.repeat(4_000)])
    await hello(chat, sign({ picture }))
})

it('[TO1] ignores what else stands beside a token', async () => {
  const chat = await open()
  const auth = { user_id: 'eve', role: 'admin', name: 'Eve', api_key: 'demo-key' }
  expect(await hello(chat, sign(), auth)).toMatchObject({ user_id: 'ann', role: 'customer', name: null })
  expect(await hello(chat, sign(), { workspace_id: 'demo' })).toMatchObject({ workspace_id: 'demo' })
  expect(await refused(chat, sign(), { workspace_id: 'other' })).toMatchObject({ code: 'unauthenticated' })
})
