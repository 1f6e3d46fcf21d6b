import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { secret, sign } from './support/foreign-tokens.ts'

afterEach(() => void vi.useRealTimers())

/**
 * A server whose clock the test moves, in whole seconds; its timers run as ever. A client that finds more than 45 s gone
 * takes its own connection for lost.
 */
async function openWithClock() {
  const start = Math.floor(Date.now() / 1_000) * 1_000
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  const chat = await openChat(onTestFinished, { tokens: { secrets: [secret] } })
  const iat = start / 1_000
  return {
    chat,
    after: (seconds: number) => void vi.setSystemTime(start + seconds * 1_000),
    /** A token that expires so many seconds after the start. */
    token: (seconds: number, change: Record<string, unknown> = {}) =>
      sign({ iat, exp: iat + seconds, ...change }),
    time: (seconds: number) => new Date(start + seconds * 1_000).toISOString(),
  }
}

function events({ frames }: TestSocket): string[] {
  return frames.map(([event]) => event)
}

it('[TO10] pushes token_expiring a minute before the token expires, to that connection alone', async () => {
  const { chat, token, after, time } = await openWithClock()
  const ann = chat.open({ protocol: 1, token: token(600) })
  const late = chat.open({ protocol: 1, token: token(1_200) })
  const ben = await chat.connect('ben')
  expect(await ann.first('hello')).toMatchObject({ expires_at: time(600) })
  await late.first('hello')
  expect(await ben.first('hello')).toMatchObject({ expires_at: null })

  after(539)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(events(ann)).not.toContain('token_expiring')
  after(540)
  await expect.poll(() => events(ann)).toContain('token_expiring')
  expect(await ann.first('token_expiring')).toEqual({ expires_at: time(600) })
  expect([...events(ben), ...events(late)]).not.toContain('token_expiring')
})

it('[TO10] pushes it at half of what is left, where that is less than two minutes', async () => {
  const { chat, token, after, time } = await openWithClock()
  const ann = chat.open({ protocol: 1, token: token(60) })
  await ann.first('hello')
  after(29)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(events(ann)).not.toContain('token_expiring')
  after(30)
  await expect.poll(() => events(ann)).toContain('token_expiring')
  expect(await ann.first('token_expiring')).toEqual({ expires_at: time(60) })
})

it('[TO11] ends a connection 30 s after its token has expired, and says why', async () => {
  const { chat, token, after } = await openWithClock()
  const ann = chat.open({ protocol: 1, token: token(10) })
  await ann.first('hello')
  after(39)
  expect(await ann.request('get_all_topics', {})).toEqual([])
  after(40)
  const { error } = await ann.first('error_response')
  expect(error).toMatchObject({ code: 'unauthenticated', details: 'token_expired', retryable: false })
  await expect.poll(() => ann.frames.at(-1)).toEqual(['disconnect', 'transport close'])
})

it('[TO11] takes nothing of a token that has expired, not even before the connection is ended', async () => {
  const { chat, token, after } = await openWithClock()
  const ann = chat.open({ protocol: 1, token: token(10) })
  await ann.first('hello')
  after(40)
  const answer = await ann.ask('get_all_topics', {})
  expect(answer).toMatchObject({ error: { code: 'unauthenticated', details: 'token_expired' } })
})

it('[TO11] ends the connection of a V2 page too, with a text on the event that it knows', async () => {
  const { chat, token, after } = await openWithClock()
  const page = await chat.connectV2({ token: token(600) })
  after(630)
  await expect.poll(() => page.frames.at(-1)).toEqual(['disconnect', 'transport close'])
  expect(events(page)).toEqual(['my_response', 'me', 'connect', 'error_response', 'disconnect'])
})

it('[TO11] lets a client come back by itself, with the token that it has then', async () => {
  const { chat, token, after } = await openWithClock()
  const given: string[] = []
  const auth = (answer: (auth: object) => void) => {
    const current = given.length === 0 ? token(600) : token(3_600)
    given.push(current)
    answer({ protocol: 1, token: current })
  }
  const options = { auth, reconnection: true, reconnectionDelay: 1 } as never
  const ann = chat.open({}, options)
  await ann.first('hello')
  after(640)
  await expect.poll(() => events(ann).filter((event) => event === 'connect').length).toBe(2)
  expect(given).toHaveLength(2)
})

it('[TO11] keeps connections that nothing limits: keys, and users of authenticate without an end', async () => {
  const start = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  const authenticate = () => ({ workspace_id: 'demo', user_id: 'ann' })
  const chat = await openChat(onTestFinished, { authenticate })
  const [ann, ben] = [chat.open({ protocol: 1, token: 'mine' }), await chat.connect('ben')]
  await ann.first('hello')
  vi.setSystemTime(start + 365 * 24 * 3_600_000)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  for (const { socket } of [ann, ben]) expect(socket.connected).toBe(true)
})
