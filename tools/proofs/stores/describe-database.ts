import { MongoClient } from 'mongodb'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'

/** What the figures of `mongo` were measured on, in words. */
export async function describeDatabase(): Promise<string> {
  const database = await MongoProcess.start()
  const client = new MongoClient(database.url)
  try {
    const { version, secantusVersion } = await (await client.connect()).db('admin').command({ buildInfo: 1 })
    return database.isStandIn
      ? `SecantusDB ${secantusVersion}, which stands in for MongoDB ${version}`
      : `MongoDB ${version}`
  } finally {
    await client.close()
    await database.remove()
  }
}
