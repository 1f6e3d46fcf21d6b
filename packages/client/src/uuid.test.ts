import { afterEach, expect, it, vi } from 'vitest'
import * as z from 'zod/mini'
import { uuid } from './uuid.ts'

afterEach(() => void vi.unstubAllGlobals())

it.each([
  ['with crypto', crypto],
  ['without crypto, as in React Native', undefined],
  ['with a crypto that has no random values', {}],
])('[PK4] makes UUIDs of version 7 that begin with the time, and no two alike: %s', (_name, own) => {
  vi.stubGlobal('crypto', own)
  const before = Date.now()
  const ids = Array.from({ length: 1_000 }, uuid)
  for (const id of ids) expect(z.safeParse(z.uuidv7(), id).success).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  const [first = ''] = ids
  const time = Number.parseInt(first.replace('-', '').slice(0, 12), 16)
  expect(time).toBeGreaterThanOrEqual(before)
  expect(time).toBeLessThanOrEqual(Date.now())
})
