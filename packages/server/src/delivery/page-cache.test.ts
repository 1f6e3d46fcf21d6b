import type { Page } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Encoded } from './encoded.ts'
import { PageCache } from './page-cache.ts'

const page = (length: number) => ({ page: new Encoded<Page>('x'.repeat(length)), head: length })

it('[CC7] counts the names of the streams, the objects and both bytes of each character', () => {
  const cache = new PageCache(1_000_000)
  cache.set('room', { newest: 50 }, page(0))
  const empty = cache.bytes
  expect(empty).toBeGreaterThan(500)
  cache.set('a longer room', { newest: 50 }, page(1_000))
  expect(cache.bytes).toBe(2 * empty + 2 * 9 + 2 * 1_000)
})

it('[CC7] counts each further page of a stream, and none that is gone', () => {
  const cache = new PageCache(1_000_000)
  cache.set('room', { newest: 50 }, page(1_000))
  const one = cache.bytes
  cache.set('room', { newest: 10 }, page(1_000))
  expect(cache.bytes).toBeGreaterThan(one + 2_000)
  expect(cache.get('room', { newest: 50 })?.page.text).toHaveLength(1_000)
  cache.delete('room')
  expect(cache.bytes).toBe(0)
})

it('[CC7] keeps the streams that were used last, as many as it has room for', () => {
  const cache = new PageCache(100_000)
  for (let n = 0; n < 10_000; n += 1) {
    cache.set(`room ${n}`, { newest: 50 }, page(150))
    cache.get('room 0', { newest: 50 })
  }
  expect(cache.bytes).toBeLessThanOrEqual(100_000)
  expect(cache.get('room 1', { newest: 50 })).toBeUndefined()
  expect(cache.get('room 9999', { newest: 50 })).toBeDefined()
  expect(cache.get('room 0', { newest: 50 })).toBeDefined()
})

it('[CC7] keeps no page that is larger than all of it', () => {
  const cache = new PageCache(10_000)
  cache.set('room', { newest: 50 }, page(100_000))
  expect(cache.get('room', { newest: 50 })).toBeUndefined()
  expect(cache.bytes).toBe(0)
})

it('[NS14] goes on with a page for half a minute, and keeps nothing of a busy stream after that', () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  onTestFinished(() => clock.mockRestore())
  const cache = new PageCache(1_000_000)
  cache.set('room', { newest: 50 }, page(10))
  const next = (seq: number) => [{ seq, nth: seq, id: `${seq}`, isMessage: true, text: '{}' }]
  cache.extend('room', 'epoch', next(11))
  clock.mockReturnValue(30_000)
  cache.extend('room', 'epoch', next(12))
  expect(cache.bytes).toBeGreaterThan(0)
  clock.mockReturnValue(30_001)
  cache.extend('room', 'epoch', next(13))
  expect(cache.bytes).toBe(0)
})

it('[NS14] makes no page of one that is torn', () => {
  const cache = new PageCache(1_000_000)
  cache.set('room', { newest: 50 }, { page: new Encoded<Page>('{'), head: 10 })
  cache.extend('room', 'epoch', [{ seq: 11, nth: 11, id: '11', isMessage: true, text: '{}' }])
  expect(cache.get('room', { newest: 50 })).toBeUndefined()
})
