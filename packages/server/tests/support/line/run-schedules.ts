import { embeddedStore } from '../../../src/stores/embedded/index.ts'
import { useClock } from '../../../src/testing/clock.ts'
import { LineSchedule } from './line-schedule.ts'
import { LineWorld } from './line-world.ts'
import { Random } from './random.ts'

/** Workspaces of one store: more would only make it grow. */
const schedulesOfStore = 25

/** Runs so many schedules, each with a seed of its own; answers what went wrong. */
export async function runSchedules(firstSeed: number, count: number, steps: number): Promise<string[]> {
  const [clock, release] = useClock()
  const faults: string[] = []
  try {
    for (let at = 0; at < count && faults.length < 10; at += schedulesOfStore) {
      const store = await embeddedStore({ path: ':memory:' })
      for (let n = at; n < Math.min(count, at + schedulesOfStore); n++) {
        const seed = firstSeed + n
        const world = new LineWorld(store, `w${n}`)
        const schedule = new LineSchedule(world, new Random(seed), clock)
        await schedule.run(steps).catch((error: unknown) => faults.push(`seed ${seed}: ${error}`))
        await world.lines.stop()
      }
      await store.close()
    }
  } finally {
    release()
  }
  return faults
}
