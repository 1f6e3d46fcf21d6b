import { expect, it } from 'vitest'
import { Bucket, Buckets, SharedBuckets } from './buckets.ts'

const rate = { burst: 10, perSecond: 2 }

it('[BG2] gives what it has, then what comes back', () => {
  const bucket = new Bucket(rate, 1_000)
  expect(bucket.waitMs(10, 1_000)).toBe(0)
  bucket.take(10, 1_000)
  expect(bucket.waitMs(1, 1_000)).toBe(500)
  expect(bucket.waitMs(4, 1_250)).toBe(1_750)
  expect(bucket.waitMs(4, 3_000)).toBe(0)
  bucket.take(4, 3_000)
  expect(bucket.waitMs(1, 3_000)).toBe(500)
  // An hour fills it, and no more than that.
  bucket.take(10, 3_600_000)
  expect(bucket.waitMs(1, 3_600_000)).toBe(500)
})

it('[BG2] has enough for a request that costs more than it can have, when it is full', () => {
  const bucket = new Bucket(rate, 0)
  expect(bucket.waitMs(1_000, 0)).toBe(0)
  bucket.take(1, 0)
  expect(bucket.waitMs(1_000, 0)).toBe(500)
})

it('[BG3] owes at most as much as it can have', () => {
  const bucket = new Bucket(rate, 0)
  bucket.take(1_000_000, 0)
  expect(bucket.waitMs(1, 0)).toBe(5_500)
  expect(bucket.waitMs(1, 5_500)).toBe(0)
})

it('[BG2] does not give more where the clock stands still or goes back', () => {
  const bucket = new Bucket(rate, 1_000)
  bucket.take(10, 1_000)
  expect(bucket.waitMs(1, 900)).toBe(500)
  expect(bucket.waitMs(1, 1_000)).toBe(500)
})

it('[BG2] keeps a bucket for each key', () => {
  const buckets = new Buckets(rate)
  buckets.take('a', 10, 0)
  expect(buckets.waitMs('a', 1, 0)).toBe(500)
  expect(buckets.waitMs('b', 1, 0)).toBe(0)
})

it('[BG2] shares a bucket among those who hold it, and does not fill it for who comes back', () => {
  const shared = new SharedBuckets()
  const [first, second] = [shared.hold('ann', rate, 0), shared.hold('ann', rate, 0)]
  expect(second).toBe(first)
  expect(shared.get('ann', rate, 0)).toBe(first)
  first.take(10, 0)
  shared.release('ann')
  shared.release('ann')
  expect(shared.get('ann', rate, 0)).toBe(first)
  expect(shared.hold('ann', rate, 0)).toBe(first)
  expect(shared.hold('bob', rate, 0).waitMs(10, 0)).toBe(0)
})

it('[BG2] never loses a bucket that is held, however many others come and go', () => {
  const shared = new SharedBuckets()
  const held = shared.hold('ann', rate, 0)
  for (let each = 0; each < 20_000; each++) {
    shared.hold(`${each}`, rate, 0)
    shared.release(`${each}`)
  }
  expect(shared.hold('ann', rate, 0)).toBe(held)
})

it('[NQ1] tells once what was taken, the small once it is more, and takes what was taken elsewhere without telling it', () => {
  const shared = new SharedBuckets()
  const told = { burst: 100, perSecond: 50 }
  const [ann, bob] = [shared.hold('ann', told, 0), shared.hold('bob', told, 0)]
  ann.take(30, 0)
  bob.take(4, 0)
  expect(shared.spent(10)).toEqual([['ann', 30]])
  expect(shared.spent(10)).toEqual([])
  bob.take(1, 0)
  expect(shared.spent(10)).toEqual([['bob', 5]])
  shared.takeElsewhere('ann', 60, 0)
  shared.takeElsewhere('nobody', 60, 0)
  expect(ann.waitMs(10, 0)).toBe(0)
  expect(ann.waitMs(11, 0)).toBe(20)
  expect(shared.spent(10)).toEqual([])
  // However much others say, the debt is one full bucket.
  shared.takeElsewhere('ann', 1e300, 0)
  expect(ann.waitMs(1, 0)).toBe(2_020)
})

it('[NQ1] tells of a bounded number at a time, and of the others next', () => {
  const shared = new SharedBuckets()
  for (let each = 0; each < 1_200; each++) shared.get(`${each}`, rate, 0).take(5, 0)
  const all = [shared.spent(500), shared.spent(500), shared.spent(500)]
  expect(all.map((told) => told.length)).toEqual([500, 500, 200])
  expect(new Set(all.flat().map(([key]) => key)).size).toBe(1_200)
  for (let each = 0; each < 1_200; each++) shared.get(`${each}`, rate, 0).take(5, 0)
  shared.forgetSpent()
  expect(shared.spent(500)).toEqual([])
})
