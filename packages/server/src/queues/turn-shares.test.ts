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

it('[BG18] gives less after a turn that was long, down to one, and more again after short ones', async () => {
  let now = 0
  const shares = new TurnShares({ ofOne: 8, ofAll: 16 }, () => now)
  const shareAfter = async (ms: number) => {
    shares.putOff()
    now += ms
    await turn()
    return shares.ofOne
  }
  const after: number[] = []
  for (const ms of [1, 9, 9, 9, 9, 9, 3, 3, 3, 3]) after.push(await shareAfter(ms))
  expect(after).toEqual([8, 4, 2, 1, 1, 1, 2, 4, 8, 8])
  await shareAfter(9)
  await turn()
  expect(shares.ofOne).toBe(8)
})
