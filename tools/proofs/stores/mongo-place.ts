import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { mongoStore } from '../../../packages/server/src/stores/mongo/index.ts'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import type { Place, TicketSlot } from './place.ts'

/** A database of its own; of the server that is given, or of a server of its own. */
export async function mongoPlace(shared?: MongoProcess): Promise<Place> {
  const database = shared ?? (await MongoProcess.start())
  const url = database.url.replace('/?', `/proof-${randomUUID()}?`)
  return {
    driver: 'mongo',
    address: url,
    env: { MONGODB_URI: url },
    database,
    open: () => mongoStore({ url }),
    opener: ['mongoStore', { url }],
    async slots() {
      const client = await new MongoClient(url).connect()
      try {
        const tickets = client.db().collection<TicketSlot>('tickets')
        return await tickets
          .find({}, { projection: { _id: 0, line_manager: 1, slot: 1, is_closed: 1 } })
          .toArray()
      } finally {
        await client.close()
      }
    },
    async remove() {
      if (!shared) await database.remove()
    },
  }
}
