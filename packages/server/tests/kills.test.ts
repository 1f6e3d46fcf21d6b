import { describe, expect, it } from 'vitest'
import { killAgainAndAgain } from '../../../tools/proofs/stores/kills.ts'
import { mongoProblem } from './support/mongo-process.ts'

// A few runs of what `pnpm prove stores` does two hundred times.
const plan = { program: 'source', runs: 3, lanes: 1, runsOfPlace: 3, seed: 7 } as const
const afterMs = { from: 100, to: 1_000 }
const nothing = { missing: 0, doubled: 0, holes: 0, altered: 0, refused: 0, line: 0 }
const noDatabase = process.env.CI === 'true' ? undefined : mongoProblem()

async function killAndReadBack(driver: 'embedded' | 'mongo') {
  const { found, details, acknowledged, tickets } = await killAgainAndAgain({ ...plan, driver, afterMs })
  expect(details).toEqual([])
  expect(found).toEqual(nothing)
  expect(acknowledged).toBeGreaterThan(0)
  expect(tickets).toBeGreaterThan(0)
}

describe('a server that is killed under load, again and again', { timeout: 300_000 }, () => {
  it('[DU8] has every message once and in order, and every ticket counted, in a data folder', async () => {
    await killAndReadBack('embedded')
  })

  it.skipIf(noDatabase)(
    `[DU9] and in MongoDB, which is killed in turn with it${noDatabase ? `: ${noDatabase}` : ''}`,
    async () => {
      await killAndReadBack('mongo')
    },
  )
})
