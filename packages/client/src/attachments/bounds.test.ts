import { expect, it } from 'vitest'
import { fixtures } from '../fake-client/index.ts'
import type { Wire } from '../requests/wire.ts'
import { createAddresses } from './addresses.ts'
import { createLocalFiles } from './local-files.ts'
import { createSlots } from './slots.ts'

const mib = 1_048_576
/** A file of so many bytes, which nobody reads. */
const sized = (size: number) => Object.defineProperty(new Blob([]), 'size', { value: size })
const ids = Array.from({ length: 501 }, (_, n) => `upload ${n}`)

it('[UP7] keeps the last 50 files, and of these no more than 100 MiB', () => {
  const files = createLocalFiles()
  for (const id of ids.slice(0, 60)) files.put(id, sized(mib))
  expect(ids.filter((id) => files.get(id))).toEqual(ids.slice(10, 60))
  // Replaced, not counted twice.
  for (let n = 0; n < 200; n++) files.put('one', sized(mib))
  expect(files.get(ids[11] ?? '')).toBeDefined()
  files.put('large', sized(99 * mib))
  expect([...ids, 'one', 'large'].filter((id) => files.get(id))).toEqual(['one', 'large'])
  files.put('too large', sized(101 * mib))
  expect([...ids, 'one', 'large', 'too large'].filter((id) => files.get(id))).toEqual(['one', 'large'])
})

it('[UP6] keeps the last 500 addresses, and none that could not be had', async () => {
  const asked: string[] = []
  const request = {
    async get_attachment_url({ upload_id }: { upload_id: string }) {
      asked.push(upload_id)
      if (upload_id === 'lost' && asked.length < 503) throw new Error('Not now')
      return { url: `https://example.org/${upload_id}`, expires_at: '2026-01-01T00:00:00.000Z' }
    },
  }
  const addresses = createAddresses({ request } as unknown as Wire, { url: 'https://example.org' })
  const get = (upload_id: string) => addresses.get(fixtures.message(), fixtures.attachment({ upload_id }))
  for (const id of ids) await get(id)
  await get(ids[1] ?? '')
  expect(asked).toHaveLength(501)
  await expect(get('lost')).rejects.toThrow('Not now')
  expect(await get('lost')).toBe('https://example.org/lost')
  await get(ids[0] ?? '')
  expect(asked).toHaveLength(504)
})

it('[UP3] lets the next one through in order, and forgets who has left', async () => {
  const take = createSlots(1)
  const free = await take()
  const order: number[] = []
  const leaving = new AbortController()
  const left = take(leaving.signal)
  const others = [1, 2].map((n) =>
    take().then((next) => {
      order.push(n)
      next()
    }),
  )
  leaving.abort()
  await expect(left).rejects.toThrow('abort')
  expect(order).toEqual([])
  free()
  await Promise.all(others)
  expect(order).toEqual([1, 2])
  await expect(take(AbortSignal.abort())).rejects.toThrow('abort')
  ;(await take())()
})
