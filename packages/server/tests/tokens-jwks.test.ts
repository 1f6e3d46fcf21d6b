import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { openChat, type TestChat } from '../src/testing/connect.ts'
import { ec, enter, jwk, now, rsa, secret, sign, tryToEnter } from './support/foreign-tokens.ts'
import { gate } from './support/gate.ts'
import { stopClock } from './support/stopped-clock.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() }))
afterEach(() => void vi.useRealTimers())

const cooldownMs = 30_000
const minuteMs = 60_000
const silent = { info() {}, warn() {}, error() {} }

/** A JWKS document that is served over HTTP, and how often it was asked for. */
async function serveJwks(keys: readonly object[]) {
  const served = { keys, status: 200, asked: 0, elsewhere: 0, url: '', ready: Promise.resolve() }
  const http = createServer(async (request, response) => {
    if (request.url !== '/jwks') served.elsewhere += 1
    else served.asked += 1
    await served.ready
    response.writeHead(served.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: served.keys }))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void http.close(() => resolve())))
  served.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`
  return served
}

type Served = Awaited<ReturnType<typeof serveJwks>>

function open({ url: jwks }: Served, tokens: Partial<ChatServerOptions['tokens']> = {}): Promise<TestChat> {
  return openChat(onTestFinished, { logger: silent, tokens: { jwks, ...tokens } })
}

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

const rs = (kid: string, change: Record<string, unknown> = {}) =>
  sign(change, rsa.privateKey, { alg: 'RS256', kid })
const es = (kid: string, change: Record<string, unknown> = {}) =>
  sign(change, ec.privateKey, { alg: 'ES256', kid })
/** Of a token that is older than a document which is read now, whatever the difference of two clocks. */
const earlier = () => ({ iat: now() - 60 })
const oldKey = jwk(rsa.publicKey, 'old')
const newKey = jwk(ec.publicKey, 'new')

it('[TO4] reads a JWKS document again for an unknown key, but not more often than every 30 s', async () => {
  const served = await serveJwks([oldKey])
  const chat = await open(served)
  expect(await enter(chat, rs('old'))).toBe('demo')
  expect(served.asked).toBe(1)

  served.keys = [oldKey, newKey]
  pass(1)
  // The document was read before the token was made, so that nobody knows yet whether its key is one of ours.
  expect(await enter(chat, es('new'))).toBe('unavailable')
  expect(served.asked).toBe(1)
  pass(cooldownMs)
  const tokens = Array.from({ length: 10 }, (_, n) => (n % 2 ? es('new') : es(`unknown ${n}`)))
  const entered = await Promise.all(tokens.map((token) => enter(chat, token)))
  expect(entered).toEqual(tokens.map((_, n) => (n % 2 ? 'demo' : 'unauthenticated')))
  expect(served.asked).toBe(2)
})

it('[TO4] lets in whose key is new once their time has come, however many made-up keys others name', async () => {
  const served = await serveJwks([oldKey])
  const chat = await open(served)
  pass(cooldownMs)
  expect(await enter(chat, es('made up'))).toBe('unauthenticated')
  served.keys = [oldKey, newKey]
  pass(10_000)
  const token = es('new')
  const wait = { code: 'unavailable', retryable: true, retry_after_ms: 20_000 }
  // More than a network may send of wrong credentials.
  for (let n = 0; n < 40; n++) expect(await tryToEnter(chat, token)).toMatchObject(wait)
  expect(served.asked).toBe(2)
  pass(20_000)
  expect(await enter(chat, token)).toBe('demo')
  expect(served.asked).toBe(3)
})

it('[TO4] lets nobody wait whose token is older than the document that has no such key', async () => {
  const served = await serveJwks([oldKey])
  const chat = await open(served)
  pass(1)
  stopClock()
  for (let n = 0; n < 30; n++) expect(await enter(chat, es(`gone ${n}`, earlier()))).toBe('unauthenticated')
  expect(await enter(chat, rs('old'))).toBe('rate_limited')
  expect(served.asked).toBe(1)
})

it('[TO4] lets nobody wait, and reads nothing, for a token that no public key signs', async () => {
  const served = await serveJwks([oldKey])
  const chat = await open(served, { secrets: [secret] })
  pass(cooldownMs)
  expect(await enter(chat, sign({}, 'another secret of more than 32 bytes', { kid: 'x' }))).toBe(
    'unauthenticated',
  )
  expect(served.asked).toBe(1)
})

it('[TO4] fetches nothing that a token names', async () => {
  const served = await serveJwks([oldKey])
  const evil = await serveJwks([jwk(ec.publicKey, 'evil')])
  const chat = await open(served)
  pass(1)
  const headers = [{ jku: evil.url }, { x5u: evil.url }, { jwk: jwk(ec.publicKey, 'evil') }]
  for (const header of headers) {
    const token = sign(earlier(), ec.privateKey, { alg: 'ES256', kid: 'evil', ...header } as never)
    expect(await enter(chat, token)).toBe('unauthenticated')
    expect(await enter(chat, rs(evil.url, earlier()))).toBe('unauthenticated')
  }
  expect([evil.asked, evil.elsewhere, served.elsewhere]).toEqual([0, 0, 0])
})

it('[TO4] cannot verify unknown keys while the JWKS document cannot be read, and keeps known ones', async () => {
  const served = await serveJwks([oldKey])
  served.status = 503
  const chat = await open(served, { secrets: [secret] })
  const wait = { code: 'unavailable', retry_after_ms: cooldownMs }
  expect(await tryToEnter(chat, rs('old'))).toMatchObject(wait)
  expect(await enter(chat, sign())).toBe('demo')
  served.status = 200
  pass(cooldownMs)
  expect(await enter(chat, rs('old'))).toBe('demo')
  served.status = 503
  pass(cooldownMs)
  // It was read before the token was made, and cannot be read now.
  expect(await tryToEnter(chat, es('new'))).toMatchObject(wait)
  expect(await enter(chat, rs('old'))).toBe('demo')
  served.status = 200
  served.keys = [oldKey, newKey]
  pass(cooldownMs)
  expect(await enter(chat, es('new'))).toBe('demo')
})

it('[TO4] checks the first token of a morning with the keys of that morning', async () => {
  const served = await serveJwks([oldKey, newKey])
  const chat = await open(served)
  served.keys = [newKey]
  pass(8 * 60 * minuteMs)
  // Also one that comes while the document is read.
  const { opened, open: answer } = gate()
  served.ready = opened
  const stolen = [enter(chat, rs('old')), enter(chat, rs('old'))]
  await expect.poll(() => served.asked).toBe(2)
  answer()
  expect(await Promise.all(stolen)).not.toContain('demo')
  expect(await enter(chat, es('new'))).toBe('demo')
})

it('[TO4] lets nobody wait for keys that are hardly too old', async () => {
  const served = await serveJwks([oldKey])
  const chat = await open(served)
  const { opened, open: answer } = gate()
  served.ready = opened
  pass(11 * minuteMs)
  expect(await enter(chat, rs('old'))).toBe('demo')
  expect(served.asked).toBe(2)
  answer()
})
