import { storeCases } from '../../../packages/server/src/testing/store-cases/index.ts'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { storeWriter } from '../../../packages/server/tests/support/programs.ts'
import { openPlace } from './open-place.ts'
import type { Driver } from './place.ts'

export interface SuiteFigures {
  readonly driver: Driver
  readonly passed: number
  readonly failed: number
  /** How many cases the driver skips because of their flags. */
  readonly leftOut: number
  readonly failures: readonly string[]
}

/** Runs every case for a driver, each at a place of its own. */
export async function runSuite(driver: Driver): Promise<SuiteFigures> {
  // The lock of a data folder admits one server at a time.
  const mine = storeCases.filter(({ shares }) => driver === 'mongo' || !shares)
  const failures: string[] = []
  const database = driver === 'mongo' ? await MongoProcess.start() : undefined
  for (const { title, run } of mine) {
    const place = await openPlace(driver, database)
    try {
      await run(place.open, storeWriter(...place.opener))
    } catch (error) {
      failures.push(`${title}: ${String(error).split('\n')[0]}`)
    } finally {
      await place.remove()
    }
  }
  await database?.remove()
  const passed = mine.length - failures.length
  return { driver, passed, failed: failures.length, leftOut: storeCases.length - mine.length, failures }
}
