import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { AuditStore } from '../stores/store.ts'
import { range } from '../testing/store-cases/making.ts'
import { Audit } from './audit.ts'

const silent = { info() {}, warn() {}, error() {} }

afterEach(() => void vi.useRealTimers())

it('[AT2] has few rows a minute, however many addresses are refused', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const audit = new Audit(store.audit, 'pepper', silent)
  const refusal = { act: 'handshake', by: null, key_id: null, result: 'unauthenticated' } as const
  for (const n of range(1, 5_000)) {
    audit.refused('demo', { ...refusal, address: `2001:db8:0:${n.toString(16)}::1` })
    if (n % 500 === 0) await audit.settled()
  }
  vi.setSystemTime(60_000)
  audit.refused('demo', { ...refusal, address: '2001:db8::1' })
  await audit.stop()

  let [count, rows] = [0, 0]
  for (let before: string | undefined, more = true; more; ) {
    const page = await store.audit.list('demo', { limit: 100, ...(before !== undefined && { before }) })
    count += page.entries.reduce((sum, entry) => sum + entry.count, 0)
    rows += page.entries.length
    before = page.entries.at(-1)?._id
    more = page.more
  }
  expect(count).toBe(5_001)
  expect(rows).toBe(1_002)
})

it('[AT2] has one row for all addresses of an IPv6 network', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  const audit = new Audit(store.audit, 'pepper', silent)
  const refusal = { act: 'handshake', by: null, key_id: null, result: 'unauthenticated' } as const
  for (const n of range(1, 9)) audit.refused('demo', { ...refusal, address: `2001:db8::${n}` })
  await audit.stop()
  const { entries } = await store.audit.list('demo', { limit: 100 })
  expect(entries).toMatchObject([{ count: 9, address: '2001:db8:0:0::/64' }])
})

it('[AT1, AT2] keeps rows and counts while the store cannot take them, and says so once', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 0 })
  const lines: string[] = []
  let [isGone, tries] = [true, 0]
  const orGone = <Args extends readonly unknown[]>(write: (...args: Args) => Promise<void>) => {
    return (...args: Args) => {
      tries += 1
      return isGone ? Promise.reject(new Error('the disk is full')) : write(...args)
    }
  }
  const flaky: AuditStore = {
    ...store.audit,
    append: orGone(store.audit.append),
    count: orGone(store.audit.count),
  }
  const audit = new Audit(flaky, 'pepper', { ...silent, warn: (_fields, line) => void lines.push(line) })
  const refusal = {
    act: 'handshake',
    by: null,
    key_id: null,
    address: '::1',
    result: 'unauthenticated',
  } as const
  const act = { act: 'revoke_key', by: 'root', key_id: null, address: null }
  audit.refused('demo', refusal)
  for (const again of range(1, 5)) {
    await vi.advanceTimersByTimeAsync(1_000)
    expect(tries).toBe(again)
    audit.refused('demo', refusal)
  }
  audit.record('demo', { ...act, of: ['a key'] })
  audit.record('other', { ...act, of: ['a key'] })
  await vi.advanceTimersByTimeAsync(1_000)
  isGone = false
  await audit.stop()

  expect(lines).toEqual(['The audit trail cannot be written; it will be tried again'])
  const { entries } = await store.audit.list('demo', { limit: 100 })
  const rows = entries.map((row) => [row.act, row.count])
  expect(rows.toSorted()).toEqual([
    ['handshake', 6],
    ['revoke_key', 1],
  ])
  expect((await store.audit.list('other', { limit: 100 })).entries).toHaveLength(1)
})
