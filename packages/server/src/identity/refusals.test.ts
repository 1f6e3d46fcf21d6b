import { expect, it, vi } from 'vitest'
import type { RequestError } from '../errors.ts'
import { plainSession } from './identity.ts'
import { Refusals } from './refusals.ts'

const unnamed = { role: 'customer', name: null, device_id: 'a device' } as const

function open() {
  let nowMs = 0
  const logged: [object, string][] = []
  const logger = {
    info: (fields: object, text: string) => logged.push([fields, text]),
    warn() {},
    error() {},
  }
  const refusals = new Refusals({ logger, now: () => nowMs })
  const wait = (ms: number) => {
    nowMs += ms
  }
  return { refusals, logged, wait }
}

/** How long a handshake from an address has to wait; 0 if it may come. */
function waitOf(run: () => void): number {
  try {
    run()
    return 0
  } catch (error) {
    expect(error).toMatchObject({ code: 'rate_limited' })
    return (error as RequestError).retryAfterMs ?? Number.NaN
  }
}

it('[HS3] takes 30 wrong credentials of an address at once, then one in two seconds', () => {
  const { refusals, wait } = open()
  const ask = () => waitOf(() => refusals.expectHandshake('198.51.100.1'))
  for (let count = 0; count < 30; count++) {
    expect(ask()).toBe(0)
    refusals.countHandshake('198.51.100.1', 'unauthenticated')
  }
  expect(ask()).toBe(2_000)
  wait(1_500)
  expect(ask()).toBe(500)
  wait(500)
  expect(ask()).toBe(0)
  refusals.countHandshake('198.51.100.1', 'unauthenticated')
  expect(ask()).toBe(2_000)
  expect(waitOf(() => refusals.expectHandshake('198.51.100.2'))).toBe(0)
})

it('[HS3] counts all addresses of one IPv6 network together, and no refusal that is not about credentials', () => {
  const { refusals } = open()
  for (let count = 0; count < 40; count++) {
    refusals.countHandshake(`2001:db8::${count}`, 'unauthenticated')
    refusals.countHandshake('198.51.100.1', 'unsupported_protocol')
  }
  expect(waitOf(() => refusals.expectHandshake('2001:db8::ffff'))).toBeGreaterThan(0)
  expect(waitOf(() => refusals.expectHandshake('198.51.100.1'))).toBe(0)
})

it('[HS3] makes nobody wait longer than two minutes, however many came at once', () => {
  const { refusals } = open()
  for (let count = 0; count < 20_000; count++) refusals.countHandshake('198.51.100.1', 'unauthenticated')
  expect(waitOf(() => refusals.expectHandshake('198.51.100.1'))).toBe(62_000)
})

it('[HS4] gives the keys in payloads of an address 600 tries, apart from its handshakes', () => {
  const { refusals, wait } = open()
  for (let count = 0; count < 600; count++) {
    expect(waitOf(() => refusals.expectKey('198.51.100.1'))).toBe(0)
    refusals.countKey('198.51.100.1')
  }
  expect(waitOf(() => refusals.expectKey('198.51.100.1'))).toBe(100)
  expect(waitOf(() => refusals.expectHandshake('198.51.100.1'))).toBe(0)
  wait(100)
  expect(waitOf(() => refusals.expectKey('198.51.100.1'))).toBe(0)
})

it('[HS5] logs one line an address and minute with a count', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { refusals, logged } = open()
    for (let count = 0; count < 20_000; count++) refusals.countHandshake('198.51.100.1', 'unauthenticated')
    refusals.countKey('198.51.100.2')
    expect(logged).toEqual([])
    vi.advanceTimersByTime(60_000)
    const lines = [
      [{ address: '198.51.100.1', code: 'unauthenticated', refused: 20_000 }, expect.any(String)],
      [{ address: '198.51.100.2', code: 'unauthenticated', refused: 1 }, expect.any(String)],
    ]
    expect(logged).toEqual(lines)
    vi.advanceTimersByTime(60_000)
    expect(logged).toHaveLength(2)
    refusals.countHandshake('198.51.100.1', 'unauthenticated')
    refusals.close()
    expect(logged).toHaveLength(3)
  } finally {
    vi.useRealTimers()
  }
})

it('[HS5] logs at most 1,000 addresses a minute by themselves', () => {
  const { refusals, logged } = open()
  for (let count = 0; count < 5_000; count++)
    refusals.countHandshake(`10.0.${count >> 8}.${count & 255}`, 'unauthenticated')
  refusals.close()
  expect(logged).toHaveLength(1_001)
  expect(logged.at(-1)).toEqual([{ refused: 4_000 }, expect.any(String)])
})

it('[BG8] lets guests wait by their address, since anybody can be any number of guests', () => {
  const { refusals } = open()
  const guest = (n: number, address: string) => ({
    session: { ...plainSession({ workspace_id: 'demo', user_id: `guest:${n}`, ...unnamed }), is_guest: true },
    credential: { kind: 'guest', issued_at: 0, expires_at: 0 } as const,
    address,
  })
  for (let n = 0; n < 20; n += 1) refusals.countAbuse(guest(n, '198.51.100.1'))
  expect(waitOf(() => refusals.expectCalm(guest(20, '198.51.100.1')))).toBeGreaterThan(0)
  expect(waitOf(() => refusals.expectCalm(guest(21, '198.51.100.2')))).toBe(0)
})
