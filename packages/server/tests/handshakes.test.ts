import { io } from 'socket.io-client'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { StoreUnavailableError } from '../src/stores/store.ts'
import { type Auth, openChat, type TestChat } from '../src/testing/connect.ts'
import { askHttp } from './support/http-ask.ts'
import { openRaw } from './support/raw-socket.ts'
import { stopClock } from './support/stopped-clock.ts'

const key = { workspace_id: 'demo', api_key: 'demo-key' }
const wrong = { ...key, api_key: 'canary-4711', user_id: 'ann' }
const polling = '/socket.io/?EIO=4&transport=polling'

/** What a handshake gets: `connect`, or the code of its refusal. */
async function outcomeOf(chat: TestChat, auth: Auth, headers: Record<string, string> = {}): Promise<string> {
  const socket = chat.open(auth, { extraHeaders: headers })
  try {
    await socket.admitted()
    return 'connect'
  } catch (error) {
    return (error as { data: { code: string } }).data.code
  }
}

async function refuseMany(
  chat: TestChat,
  count: number,
  headers: Record<string, string> = {},
): Promise<void> {
  for (let each = 0; each < count; each++)
    expect(await outcomeOf(chat, wrong, headers)).toBe('unauthenticated')
}

describe('a refused handshake', () => {
  it.each([
    ['of the current dialect', { protocol: 1, ...wrong }, 'unauthenticated'],
    ['of V2', wrong, 'unauthenticated'],
    ['of an unknown protocol', { protocol: 7 }, 'unsupported_protocol'],
  ])('[HS1] %s gets its error, and the connection is closed', async (_which, auth, code) => {
    const { url } = await openChat(onTestFinished)
    const raw = await openRaw(url)
    raw.send(`40${JSON.stringify(auth)}`)
    await raw.closed()
    expect(raw.frames).toHaveLength(2)
    expect(JSON.parse(raw.frames[1]?.slice(2) ?? '')).toMatchObject({ data: { code } })

    const { body } = await askHttp(`${url}${polling}`)
    const { sid } = JSON.parse(body.slice(1)) as { sid: string }
    const at = `${url}${polling}&sid=${sid}`
    await askHttp(at, { method: 'POST', body: `40${JSON.stringify(auth)}` })
    const answers: string[] = []
    for (let asked = await askHttp(at); asked.status === 200; asked = await askHttp(at))
      answers.push(asked.body)
    expect(answers.join('')).toMatch(new RegExp(`^44{.*"code":"${code}".*}`))
  })

  it.each([['websocket'], ['polling']])(
    '[HS1] reaches a client of socket.io before the end, on %s',
    async (transport) => {
      const chat = await openChat(onTestFinished)
      const socket = chat.open({ protocol: 1, ...wrong }, { transports: [transport] })
      expect(await socket.heard(1)).toMatchObject([['connect_error', { code: 'unauthenticated' }]])
      expect(socket.socket.io.engine.readyState).toMatch(/^clos/)
    },
  )

  it('[HS2] ends a connection that guesses 20,000 keys after at most 16', async () => {
    const lines: [object, string][] = []
    const logger = { info: (...line: [object, string]) => lines.push(line), warn() {}, error() {} }
    const chat = await openChat(onTestFinished, { logger })
    const raw = await openRaw(chat.url)
    for (let guess = 0; guess < 20_000; guess++)
      raw.send(`40${JSON.stringify({ ...wrong, api_key: `canary-${guess}` })}`)
    await raw.closed()
    expect(raw.frames.length).toBeLessThanOrEqual(17)
    await chat.connect('ann')
    await chat.close()
    const refusals = lines.filter(([, text]) => /refused/.test(text))
    expect(refusals).toMatchObject([[{ address: '127.0.0.1', code: 'unauthenticated' }, expect.anything()]])
    expect(JSON.stringify(lines)).not.toContain('canary')
  })
})

describe('an address with 30 wrong handshakes', () => {
  // It gets another try every two seconds, which a busy machine takes.
  beforeEach(() => void stopClock())

  it('[HS3] has to wait, also with a right key, while V2 pages without identity come in', async () => {
    const chat = await openChat(onTestFinished)
    await refuseMany(chat, 30)
    const socket = chat.open({ protocol: 1, ...key, user_id: 'ann' })
    expect(await socket.heard(1)).toEqual([
      [
        'connect_error',
        {
          code: 'rate_limited',
          message: expect.any(String) as string,
          retryable: true,
          retry_after_ms: expect.any(Number) as number,
        },
      ],
    ])
    await chat.connectV2()
  })

  it('[HS3, OR5] keeps nobody behind the same trusted proxy out', async () => {
    const chat = await openChat(onTestFinished, { trustedProxies: ['127.0.0.0/8'] })
    await refuseMany(chat, 30, { 'x-forwarded-for': '198.51.100.1' })
    const auth = { protocol: 1, ...key, user_id: 'ann' }
    expect(await outcomeOf(chat, auth, { 'x-forwarded-for': '198.51.100.1' })).toBe('rate_limited')
    expect(await outcomeOf(chat, auth, { 'x-forwarded-for': '6.6.6.6, 198.51.100.1' })).toBe('rate_limited')
    expect(await outcomeOf(chat, auth, { 'x-forwarded-for': '198.51.100.2' })).toBe('connect')
  })

  it('[HS3, OR5] cannot take another one by a header', async () => {
    const chat = await openChat(onTestFinished)
    for (let each = 0; each < 30; each++) {
      const headers = { 'x-forwarded-for': `198.51.100.${each}` }
      expect(await outcomeOf(chat, wrong, headers)).toBe('unauthenticated')
    }
    expect(await outcomeOf(chat, wrong, { 'x-forwarded-for': '198.51.100.99' })).toBe('rate_limited')
  })
})

describe('a V2 page', () => {
  it.each(['', 'canary-4711'])(
    '[HS4] with the key %j is closed after 200 failures in 10 s, each with a text',
    async (api_key) => {
      const chat = await openChat(onTestFinished)
      const [page, other] = [await chat.connectV2(), await chat.connectV2()]
      page.skip()
      for (let each = 0; each < 199; each++) page.emit('get_all_topics', { workspace_id: 'demo', api_key })
      const failures = await page.heard(199)
      expect(failures).toHaveLength(199)
      for (const [event, answer] of failures) {
        expect(event).toBe('setting_response')
        expect(answer).toMatchObject({ status: 'failure', data: expect.any(String) as string })
      }
      page.emit('get_all_topics', { workspace_id: 'demo', api_key })
      expect(await page.next(3)).toMatchObject([
        ['setting_response', { status: 'failure' }],
        ['error_response', { status: 'failure', operation: 'connection' }],
        ['disconnect', 'transport close'],
      ])
      expect(await other.ask('get_all_topics', key)).toMatchObject({ status: 'success' })
    },
  )

  it('[HS4] waits behind an address with 600 wrong keys, and not behind empty ones', async () => {
    const chat = await openChat(onTestFinished)
    const ask = async (api_key: string, times: number) => {
      const page = await chat.connectV2()
      for (let each = 0; each < times; each++) await page.ask('get_all_topics', { ...key, api_key })
      return page
    }
    for (let each = 0; each < 4; each++) await ask('', 190)
    const page = await ask('demo-key', 1)
    expect(await page.ask('get_all_topics', key)).toMatchObject({ status: 'success' })
    stopClock()
    for (let each = 0; each < 4; each++) await ask('wrong', 190)
    expect(await page.refusal('get_all_topics', key)).toBe('rate_limited')
    await chat.connect('ann')
  })
})

it('[HS6] of a V2 client that the store could not decide is not refused: the client comes back by itself', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  let failures = 2
  const list: typeof store.aliases.list = (...args) =>
    failures-- > 0 ? Promise.reject(new StoreUnavailableError('gone')) : store.aliases.list(...args)
  const logger = { info() {}, warn() {}, error() {} }
  const chat = await openChat(onTestFinished, {
    store: { ...store, aliases: { ...store.aliases, list } },
    logger,
  })
  const auth = { ...key, user_id: 'ann' }
  const options = { transports: ['websocket'], forceNew: true, reconnectionDelay: 50 }
  const plain = io(chat.url, { ...options, auth })
  onTestFinished(() => void plain.disconnect())
  await new Promise<void>((resolve) => plain.once('connect', resolve))
  expect(failures).toBeLessThan(0)
  failures = 1
  expect(await outcomeOf(chat, { protocol: 1, ...auth, user_id: 'ben' })).toBe('unavailable')
})
