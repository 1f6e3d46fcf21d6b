import { isoNow } from '../../time.ts'
import { describeError } from '../describe-error.ts'
import type { DamagedRows } from '../health.ts'
import type { ChangeStore, StoreHealth } from '../store.ts'
import type { Database } from './database.ts'

/** Asks the database for one read and, if a call has failed since the last time, for one write. */
export function mongoHealth(
  database: Database,
  changes: ChangeStore,
  damaged: DamagedRows,
): () => Promise<StoreHealth> {
  const probe = database.single<{ at: string }>('meta', 'probe')
  const { deadlines } = database
  const write = () => deadlines.within(() => probe.replace({ at: isoNow() }))

  return async () => {
    const reads = await problemOf(() => changes.head())
    const hadProblem = deadlines.takeProblem()
    const writes = reads ?? (hadProblem ? await problemOf(write) : null)
    if (writes !== null) deadlines.noteProblem()
    return { reads: reads === null, writes: writes === null, problem: writes, damaged: damaged.count }
  }
}

async function problemOf(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work()
    return null
  } catch (error) {
    return describeError(error)
  }
}
