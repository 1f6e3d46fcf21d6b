import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { uuid } from './uuid.ts'

it('makes UUIDs of version 7 that begin with the time, and no two alike', () => {
  const before = Date.now()
  const ids = Array.from({ length: 1_000 }, uuid)
  for (const id of ids) expect(z.safeParse(z.uuidv7(), id).success).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  const [first = ''] = ids
  const time = Number.parseInt(first.replace('-', '').slice(0, 12), 16)
  expect(time).toBeGreaterThanOrEqual(before)
  expect(time).toBeLessThanOrEqual(Date.now())
})
