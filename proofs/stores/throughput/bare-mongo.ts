import { MongoClient } from 'mongodb'
import { type Bare, textOf, together } from './together.ts'

/** The driver's own: as durable as the store asks for. */
const writeConcern = { w: 'majority', journal: true } as const

/** Documents of a text and MongoDB's own id, what waits in one `insertMany`; or each by itself. */
export async function bareMongo(url: string, how: 'together' | 'alone'): Promise<Bare> {
  const client = await new MongoClient(url).connect()
  const rows = client.db().collection<{ text: string }>(`bare ${how}`, { writeConcern })
  let inserts = 0
  const alone = {
    async add(number: number) {
      inserts += 1
      await rows.insertOne({ text: textOf(number) })
    },
    commits: () => inserts,
    retries: () => 0,
  }
  const contender =
    how === 'alone' ? alone : together((texts) => rows.insertMany(texts.map((text) => ({ text }))))
  const title = how === 'alone' ? 'bare insertOne, 64 side by side' : 'bare insertMany of what waits'
  return { title, ...contender, close: () => client.close() }
}
