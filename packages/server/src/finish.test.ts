import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { closeStore } from './finish.ts'

const past = performance.now()

it('waits for a store whose last calls take until their deadline, also where time is up', async () => {
  await expect(closeStore({ close: () => pause(2_000) }, past)).resolves.toBe(undefined)
})

it('gives up a store that does not close', async () => {
  await expect(closeStore({ close: () => new Promise(() => undefined) }, past)).rejects.toThrow(
    'could not be closed in time',
  )
})
