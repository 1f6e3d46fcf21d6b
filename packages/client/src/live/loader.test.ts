import { expect, it } from 'vitest'
import { RequestError } from '../errors.ts'
import { createLoader } from './loader.ts'

it('fetches code once for all who ask for it, and says when it is there', async () => {
  let fetched = 0
  const loader = createLoader(async () => {
    fetched += 1
    return { fetched }
  })
  expect(loader.now()).toBeUndefined()
  const [one, other] = await Promise.all([loader.load('get_room'), loader.load('get_users')])
  expect([one, other, loader.now()]).toEqual([{ fetched: 1 }, { fetched: 1 }, { fetched: 1 }])
})

it('[PK1] fails as the request that needs the code, and fetches it again when it is asked again', async () => {
  let isThere = false
  const loader = createLoader(async () => {
    if (!isThere) throw new TypeError('Failed to fetch')
    return 'code'
  })
  const failures = await Promise.allSettled([loader.load('get_room'), loader.load('get_users')])
  const reasons = failures.map((one) => (one.status === 'rejected' ? one.reason : undefined))
  expect(reasons.every((reason) => reason instanceof RequestError)).toBe(true)
  expect(reasons).toMatchObject([
    { request: 'get_room', code: 'unavailable', retryable: true },
    { request: 'get_users', code: 'unavailable', retryable: true },
  ])
  expect(loader.now()).toBeUndefined()
  isThere = true
  expect(await loader.load('get_room')).toBe('code')
})
