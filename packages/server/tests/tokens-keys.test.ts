import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ErrorBody } from '@dowellchat/protocol'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { StartError } from '../src/errors.ts'
import { openChat, type TestChat } from '../src/testing/connect.ts'
import { ec, ed, jwk, pem, rsa, secret, sign, signEd } from './support/foreign-tokens.ts'

afterEach(() => void vi.useRealTimers())

const silent = { info() {}, warn() {}, error() {} }
const other = 'the secret of the workspace other alone'

function open(options: Partial<ChatServerOptions>): Promise<TestChat> {
  return openChat(onTestFinished, { logger: silent, ...options })
}

/** The workspace that a token lets somebody into, or the code that it is refused with. */
async function enter(chat: TestChat, token: string): Promise<string> {
  const [[event, data] = []] = await chat.open({ protocol: 1, token }).heard(1)
  return event === 'hello'
    ? String((data as { workspace_id: string }).workspace_id)
    : ErrorBody.parse(data).code
}

/** A JWKS document that is served over HTTP, and how often it was asked for. */
async function serveJwks(keys: readonly object[]) {
  const served = { keys, status: 200, asked: 0, elsewhere: 0, url: '' }
  const http = createServer((request, response) => {
    if (request.url !== '/jwks') served.elsewhere += 1
    else served.asked += 1
    response.writeHead(served.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: served.keys }))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void http.close(() => resolve())))
  served.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`
  return served
}

function file(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'jwks.json')
  writeFileSync(path, content)
  return path
}

const rs = (kid: string, more: object = {}) => sign({}, rsa.privateKey, { alg: 'RS256', kid, ...more })
const es = (kid: string) => sign({}, ec.privateKey, { alg: 'ES256', kid })

it('[TO4] takes the keys of a JWKS file', async () => {
  const keys = [
    jwk(rsa.publicKey, 'one', { use: 'sig' }),
    jwk(ec.publicKey, 'two'),
    jwk(ed.publicKey, 'three'),
  ]
  const chat = await open({ tokens: { jwks: file(JSON.stringify({ keys })) } })
  for (const token of [
    rs('one'),
    es('two'),
    signEd({}, { kid: 'three' }),
    sign({}, rsa.privateKey, { alg: 'RS256' }),
  ]) {
    expect(await enter(chat, token)).toBe('demo')
  }
  for (const token of [rs('two'), es('one'), rs('../../one'), rs('/dev/null'), rs('')]) {
    expect(await enter(chat, token)).toBe('unauthenticated')
  }
})

it('[TO4] leaves out keys of a JWKS document that are for something else', async () => {
  const keys = [
    jwk(rsa.publicKey, 'one', { use: 'enc' }),
    { kty: 'oct', k: 'c2VjcmV0', kid: 'two' },
    null,
    jwk(ec.publicKey, 'three'),
  ]
  const chat = await open({ tokens: { jwks: file(JSON.stringify({ keys })) } })
  expect(await enter(chat, es('three'))).toBe('demo')
  expect(await enter(chat, rs('one'))).toBe('unauthenticated')
  expect(await enter(chat, sign({}, 'secret'.padEnd(32), { kid: 'two' }))).toBe('unauthenticated')
})

it('[TO4] reads a JWKS document again for an unknown key, but not more often than every 30 s', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  const served = await serveJwks([jwk(rsa.publicKey, 'old')])
  const chat = await open({ tokens: { jwks: served.url } })
  expect(await enter(chat, rs('old'))).toBe('demo')
  expect(served.asked).toBe(1)

  served.keys = [jwk(rsa.publicKey, 'old'), jwk(ec.publicKey, 'new')]
  expect(await enter(chat, es('new'))).toBe('unauthenticated')
  expect(served.asked).toBe(1)
  vi.setSystemTime(Date.now() + 30_001)
  const tokens = Array.from({ length: 10 }, (_, n) => (n % 2 ? es('new') : es(`unknown ${n}`)))
  const entered = await Promise.all(tokens.map((token) => enter(chat, token)))
  expect(entered).toEqual(tokens.map((_, n) => (n % 2 ? 'demo' : 'unauthenticated')))
  expect(served.asked).toBe(2)
})

it('[TO4] fetches nothing that a token names', async () => {
  const served = await serveJwks([jwk(rsa.publicKey, 'old')])
  const evil = await serveJwks([jwk(ec.publicKey, 'evil')])
  const chat = await open({ tokens: { jwks: served.url } })
  const headers = [{ jku: evil.url }, { x5u: evil.url }, { jwk: jwk(ec.publicKey, 'evil') }]
  for (const header of headers) {
    const token = sign({}, ec.privateKey, { alg: 'ES256', kid: 'evil', ...header } as never)
    expect(await enter(chat, token)).toBe('unauthenticated')
    expect(await enter(chat, rs(evil.url))).toBe('unauthenticated')
  }
  expect([evil.asked, evil.elsewhere, served.elsewhere]).toEqual([0, 0, 0])
})

it('[TO4] says that it cannot verify while a JWKS document was never read, and keeps known keys later', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  const served = await serveJwks([jwk(rsa.publicKey, 'old')])
  served.status = 503
  const chat = await open({ tokens: { jwks: served.url, secrets: [secret] } })
  expect(await enter(chat, rs('old'))).toBe('unavailable')
  expect(await enter(chat, sign())).toBe('demo')
  served.status = 200
  vi.setSystemTime(Date.now() + 30_001)
  expect(await enter(chat, rs('old'))).toBe('demo')
  served.status = 503
  vi.setSystemTime(Date.now() + 30_001)
  expect(await enter(chat, es('new'))).toBe('unauthenticated')
  expect(await enter(chat, rs('old'))).toBe('demo')
})

it("[TO5] lets a workspace's own key decide the workspace", async () => {
  const workspaces = [
    { id: 'demo', keys: ['demo-key'] },
    { id: 'other', keys: ['other-key'], tokens: { secrets: [other] } },
  ]
  const chat = await open({ tokens: { secrets: [secret] }, workspaces })
  expect(await enter(chat, sign({ workspace_id: undefined }, other))).toBe('other')
  expect(await enter(chat, sign({ workspace_id: 'other' }, other))).toBe('other')
  expect(await enter(chat, sign({ workspace_id: 'demo' }, other))).toBe('unauthenticated')
  expect(await enter(chat, sign({ workspace_id: 'demo' }, secret))).toBe('demo')
  expect(await enter(chat, sign({ workspace_id: 'other' }, secret))).toBe('other')
  expect(await enter(chat, sign({ workspace_id: undefined }, secret))).toBe('unauthenticated')
})

it('[TO5] needs no workspace in a token where there is one', async () => {
  const workspaces = [{ id: 'demo', keys: ['demo-key'] }]
  const chat = await open({ tokens: { secrets: [secret] }, workspaces })
  expect(await enter(chat, sign({ workspace_id: undefined }))).toBe('demo')
  expect(await enter(chat, sign({ workspace_id: 'other' }))).toBe('unauthenticated')
})

const of = (tokens: object, more: object = {}) => ({
  tokens: tokens as NonNullable<ChatServerOptions['tokens']>,
  workspaces: [{ id: 'demo', keys: ['demo-key'], ...more }],
})

it.each<[string, Partial<ChatServerOptions>, RegExp]>([
  ['a short secret', of({ secrets: ['short secret'] }), /32 bytes, this one has 12/],
  ['no key', of({}), /expected secrets, publicKeys or a jwks/],
  ['a public key that is none', of({ publicKeys: ['-----BEGIN'] }), /has to be Ed25519/],
  [
    'an RSA key of fewer than 2,048 bits',
    of({ publicKeys: [pem(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey)] }),
    /RSA of at least 2048 bits/,
  ],
  ['a file that is not there', of({ jwks: '/nowhere/jwks.json' }), /nowhere.*ENOENT/],
  [
    'a secret twice',
    of({ secrets: [secret, secret] }),
    /configured twice, for the server and for the server/,
  ],
  [
    'a secret twice',
    of({ secrets: [secret] }, { tokens: { secrets: [secret] } }),
    /the server and for the workspace demo/,
  ],
  [
    'a key as PEM and as JWK',
    of({ publicKeys: [pem(ec.publicKey), ec.publicKey.export({ format: 'jwk' })] }),
    /twice/,
  ],
  ['no time at all', of({ secrets: [secret], maxDays: 0 }), /maxDays/],
  ['both ways', { ...of({ secrets: [secret] }), authenticate: () => null }, /takes the place of `tokens`/],
])('[TO4] does not start with %s', async (_what, options, problem) => {
  const error = await open(options).catch((refusal: unknown) => refusal)
  expect(error).toBeInstanceOf(StartError)
  expect(String(error)).toMatch(problem)
  expect(String(error)).not.toContain(secret)
})

it('[TO4] does not start with a file that is no JWKS document', async () => {
  for (const content of ['{', '{}', '[]', '{"keys":{}}']) {
    await expect(open({ tokens: { jwks: file(content) } })).rejects.toThrow(StartError)
  }
})
