import { MongoClient } from 'mongodb'
import { delayMs, putOnBadDisk } from '../../../../packages/server/tests/support/bad-disk.ts'
import { MongoProcess } from '../../../../packages/server/tests/support/mongo-process.ts'
import type { DelayFigures } from './slow-disk.ts'

const inserts = 20

/**
 * Inserts without the journal on the same slow disk. They are answered early, which shows that the store's write concern
 * makes the difference. Null for mongod, whose commit interval decides whether it waits.
 */
export async function insertHastily(): Promise<DelayFigures | null> {
  const database = await MongoProcess.start({ isHasty: true })
  const client = new MongoClient(database.url)
  try {
    if (!database.isStandIn) return null
    const rows = (await client.connect())
      .db('hasty')
      .collection('rows', { writeConcern: { w: 1, journal: false } })
    await rows.insertOne({})
    const repair = await putOnBadDisk(database.pid, 'delay')
    const tookMs: number[] = []
    for (let n = 0; n < inserts; n += 1) {
      const start = performance.now()
      await rows.insertOne({ n })
      tookMs.push(performance.now() - start)
    }
    await repair()
    const early = tookMs.filter((ms) => ms < delayMs).length
    return { arrivals: inserts, early, soonestMs: Math.min(...tookMs), unavailable: 0 }
  } finally {
    await client.close()
    await database.remove()
  }
}
