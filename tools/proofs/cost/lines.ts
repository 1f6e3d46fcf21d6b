import { MongoClient } from 'mongodb'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { newTicketRow } from '../../../packages/server/src/stores/fields/tickets.ts'
import { mongoStore } from '../../../packages/server/src/stores/mongo/index.ts'
import type { Store } from '../../../packages/server/src/stores/store.ts'
import type { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { makeTicket, workspace } from '../stores/drafts.ts'
import { seeded } from '../stores/random.ts'
import type { Line } from './steps.ts'

/** A line that is measured, and where it is. */
export interface MeasuredLine extends Line {
  readonly size: number
  /** Counts the line's tickets by one range of an index, past the driver. */
  readonly count?: () => Promise<unknown>
  close(): Promise<void>
}

const atOnce = 500

async function hire(store: Store, capacity: number): Promise<void> {
  const made = { cid: 'made', fingerprint: 'as sent', client_created_at: null, created_by: 'admin' }
  const rank = { positions_in_a_line: 1, average_serving_time: 5, capacity }
  await store.lineManagers.create({ workspace_id: workspace, user_id: 'manager', ...rank, ...made })
}

/** A line of so many open tickets in SQLite. */
export async function embeddedLine(path: string, size: number): Promise<MeasuredLine> {
  const store = await embeddedStore({ path })
  await hire(store, size)
  const open: string[] = []
  while (open.length < size) {
    const some = Array.from({ length: Math.min(atOnce, size - open.length) }, () =>
      store.tickets.create(makeTicket('ann', 'sales')),
    )
    for (const creation of await Promise.all(some)) if ('row' in creation) open.push(creation.row._id)
  }
  return { size, store, open, random: seeded(20_261_126), close: () => store.close() }
}

/** A line of so many open tickets in MongoDB, inserted past the driver, which would count them again and again. */
export async function mongoLine(mongo: MongoProcess, size: number): Promise<MeasuredLine> {
  const url = mongo.url.replace('/?', `/cost-${size}?`)
  const store = await mongoStore({ url, deadlineMs: 60_000 })
  await hire(store, size)
  const client = await new MongoClient(url).connect()
  const tickets = client.db().collection<{ _id: string }>('tickets')
  const rows = Array.from({ length: size }, (_, at) => ({
    ...newTicketRow(makeTicket('ann', 'sales'), { line_manager: 'manager', slot: at + 1 }),
    workspace_id: workspace,
    n: at + 1,
  }))
  for (let at = 0; at < size; at += atOnce) await tickets.insertMany(rows.slice(at, at + atOnce))
  const range = { workspace_id: workspace, is_closed: false, line_manager: 'manager' }
  return {
    size,
    store,
    open: rows.map(({ _id }) => _id),
    random: seeded(20_261_126),
    count: () => tickets.countDocuments(range, { hint: 'open' }),
    async close() {
      await client.close()
      await store.close()
    },
  }
}
