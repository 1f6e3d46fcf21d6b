import { expect, it } from 'vitest'
import { type Index, smallIndexFor } from './rows.ts'
import { above, nullOr, oneOf, upTo } from './where.ts'

interface Row {
  readonly workspace_id: string
  readonly stream: string
  readonly about: number | null
  readonly mentioned: readonly string[]
  readonly due_at: string | null
}

const indexes: readonly Index<Row>[] = [
  { name: 'place', key: { workspace_id: 1, stream: 1 }, unique: true },
  { name: 'about', key: { workspace_id: 1, stream: 1, about: 1 }, only: { about: { $gt: 0 } } },
  { name: 'mentioned', key: { workspace_id: 1, stream: 1, mentioned: 1 }, only: { mentioned: { $gt: '' } } },
  { name: 'due', key: { due_at: 1 }, only: { due_at: { $gt: '' } } },
]
const log = { workspace_id: 'acme', stream: 'room:r' }

it.each([
  [{ ...log, about: 5 }, 'about'],
  [{ ...log, about: above(0) }, 'about'],
  [{ ...log, about: oneOf([3, 4]) }, 'about'],
  [{ ...log, mentioned: oneOf(['ann']) }, 'mentioned'],
  [{ due_at: above('2026') }, 'due'],
  // Rows that the index does not have fit too.
  [{ ...log, about: null }, undefined],
  [{ ...log, about: 0 }, undefined],
  [{ ...log, about: above(-1) }, undefined],
  [{ ...log, about: upTo(9) }, undefined],
  [{ ...log, about: nullOr(5) }, undefined],
  [{ ...log, about: oneOf([0, 4]) }, undefined],
  // It is not looked up by what comes first in the index.
  [{ workspace_id: 'acme', about: 5 }, undefined],
  [log, undefined],
])('[S9] names the index of few rows only where that has all that fit: %o', (where, index) => {
  expect(smallIndexFor(where, indexes)).toBe(index)
})
