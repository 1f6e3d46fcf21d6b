import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../stores/embedded/index.ts'
import { range } from '../testing/store-cases/making.ts'
import { Audit } from './audit.ts'

const silent = { info() {}, warn() {}, error() {} }

it('[AT2] has few rows a minute, however many addresses are refused', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const audit = new Audit(store.audit, 'pepper', silent)
  const refusal = { act: 'handshake', by: null, key_id: null, result: 'unauthenticated' } as const
  for (const n of range(1, 5_000))
    audit.refused('demo', { ...refusal, address: `2001:db8::${n.toString(16)}` })
  await audit.stop()

  let [count, rows] = [0, 0]
  for (let before: string | undefined, more = true; more; ) {
    const page = await store.audit.list('demo', { limit: 100, ...(before !== undefined && { before }) })
    count += page.entries.reduce((sum, entry) => sum + entry.count, 0)
    rows += page.entries.length
    before = page.entries.at(-1)?._id
    more = page.more
  }
  expect(count).toBe(5_000)
  expect(rows).toBeLessThanOrEqual(1_002)
})
