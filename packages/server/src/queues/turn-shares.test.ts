import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { TurnShares } from './turn-shares.ts'

it('[BG18] gives each its own share of a turn, and less once several want more than theirs', async () => {
  const shares = new TurnShares({ ofOne: 8, ofAll: 16 })
  expect(shares.ofOne).toBe(8)
  for (let each = 0; each < 4; each++) shares.putOff()
  // What the turn has given is not taken back.
  expect(shares.ofOne).toBe(8)
  await turn()
  expect(shares.ofOne).toBe(4)
  for (let each = 0; each < 40; each++) shares.putOff()
  await turn()
  expect(shares.ofOne).toBe(1)
  await turn()
  expect(shares.ofOne).toBe(8)
})
