import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'

/** Collects garbage, after everything that is under way in this turn. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  await new Promise((resolve) => setTimeout(resolve))
  gc()
}

/** Waits until fewer than so many of the objects are in memory: a few may linger in registers. */
export async function untilCollected(objects: readonly WeakRef<object>[], fewerThan: number): Promise<void> {
  const countAlive = async (): Promise<number> => {
    await collectGarbage()
    return objects.filter((object) => object.deref()).length
  }
  await expect.poll(countAlive).toBeLessThan(fewerThan)
}
