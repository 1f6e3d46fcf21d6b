import { describe, it } from 'vitest'
import { storeCases } from '../../../src/testing/store-cases/index.ts'
import { inTurn } from './in-turn.ts'
import { newPlace, openPlace } from './places.ts'

// Kills concern one process at a time, and the server that the tests have here may forget.
const cases = storeCases.filter(({ durable }) => !durable)

describe('two stores on one MongoDB, of which each call goes to the other one', () => {
  it.each(cases)('$title', async ({ run }) => {
    const place = newPlace()
    await run(async () => inTurn(await openPlace(place), await openPlace(place)))
  })
})
