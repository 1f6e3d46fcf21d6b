import { MongoClient } from 'mongodb'
import { makeCid } from '../../bench/ids.ts'
import { type Bare, textOf, together } from './together.ts'

/** The driver's own: as durable as the store asks for. */
const writeConcern = { w: 'majority', journal: true } as const

interface Row {
  readonly seq: number
  readonly cid: string
  readonly text: string
}

export type How = 'together' | 'keyed' | 'alone'

const titles: Readonly<Record<How, string>> = {
  together: 'bare insertMany of what waits',
  keyed: 'bare insertMany with two unique keys',
  alone: 'bare insertOne, 64 side by side',
}

/** Documents with MongoDB's own id, what waits in one `insertMany`, or each by itself. */
export async function bareMongo(url: string, how: How): Promise<Bare> {
  const client = await new MongoClient(url).connect()
  const rows = client.db().collection<Row>(`bare ${how}`, { writeConcern })
  if (how === 'keyed') {
    for (const key of ['seq', 'cid']) await rows.createIndex({ [key]: 1 }, { unique: true })
  }
  let made = 0
  const rowOf = (text: string): Row => ({ seq: ++made, cid: makeCid(), text })
  const alone = {
    add: (number: number) => rows.insertOne(rowOf(textOf(number))),
    commits: () => made,
    retries: () => 0,
  }
  const contender = how === 'alone' ? alone : together((texts) => rows.insertMany(texts.map(rowOf)))
  return { title: titles[how], ...contender, close: () => client.close() }
}
