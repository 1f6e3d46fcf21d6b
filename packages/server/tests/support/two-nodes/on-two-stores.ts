import { describe, it } from 'vitest'
import type { StoreCase } from '../../../src/testing/store-cases/store-case.ts'
import { inTurn } from './in-turn.ts'
import { newPlace, openPlace } from './places.ts'

/** Runs cases of a store against two on one database, each call on the other one. */
export function onTwoStores(cases: readonly StoreCase[]): void {
  describe('two stores on one MongoDB, of which each call goes to the other one', () => {
    // Kills concern one process at a time, and the server that the tests have here may forget.
    it.each(cases.filter(({ durable }) => !durable))('$title', async ({ run }) => {
      const place = newPlace()
      await run(async () => inTurn(await openPlace(place), await openPlace(place)))
    })
  })
}
