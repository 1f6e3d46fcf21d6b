import { mongoStore } from '../../../packages/server/src/stores/mongo/index.ts'
import { makeDraft, roomKey } from '../stores/drafts.ts'
import { type Machinery, newDatabase } from './sides.ts'

/** Microseconds of CPU that this process takes to read entries of a room from MongoDB, all threads. */
export interface ReadCost {
  readonly oneEntryUs: number
  readonly sixteenEntriesUs: number
}

const room = roomKey('read')
const written = 64

/** What a node pays for reading what another one has appended; this process does nothing else meanwhile. */
export async function measureReads(machinery: Machinery, reads: number): Promise<ReadCost> {
  const store = await mongoStore({ url: newDatabase(machinery) })
  await store.streams.append(
    room,
    Array.from({ length: written }, () => makeDraft('ann')),
  )
  const cost = async (entries: number): Promise<number> => {
    const read = () => store.streams.entries(room, written - entries)
    for (let n = 0; n < reads; n += 1) await read()
    const before = process.cpuUsage()
    for (let n = 0; n < reads; n += 1) await read()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / reads
  }
  const costs = { oneEntryUs: await cost(1), sixteenEntriesUs: await cost(16) }
  await store.close()
  return costs
}
