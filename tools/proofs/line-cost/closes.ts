import { randomUUID } from 'node:crypto'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { openChat } from '../../../packages/server/src/testing/connect.ts'
import { quantile } from '../bench/statistics.ts'
import { makeTicket } from '../stores/drafts.ts'

/** What a close takes beside so many open tickets, with all that follows it, in milliseconds. */
export interface CloseFigures {
  readonly open: number
  readonly medianMs: number
  readonly p95Ms: number
}

const product = 'sales'
const atOnce = 500

/** Closes tickets one after the other at a server, while a customer of the line is told how it moves. */
export async function measureCloses(open: number, rounds: number): Promise<CloseFigures> {
  const store = await embeddedStore({ path: ':memory:' })
  let end = async (): Promise<void> => {}
  const chat = await openChat((close) => (end = close), { store })
  try {
    const admin = await chat.connect('root', { role: 'admin' })
    const customer = await chat.connect('ann')
    await admin.request('create_topic', { name: product, cid: randomUUID() })
    const rank = { positions_in_a_line: 1, average_serving_time: 5, capacity: 5 }
    await admin.request('create_line_manager', { user_id: 'mia', ...rank, cid: randomUUID() })
    for (let made = 0; made < open; made += atOnce)
      await Promise.all(
        Array.from({ length: Math.min(atOnce, open - made) }, () =>
          store.tickets.create({ ...makeTicket('ben', product), workspace_id: 'demo' }),
        ),
      )
    await customer.request('get_estimate', { product })
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const [next] = await store.tickets.listOpen('demo', 'mia', { limit: 1 })
      await store.tickets.create({ ...makeTicket('ben', product), workspace_id: 'demo' })
      const start = performance.now()
      await admin.request('close_ticket', { ticket_id: next?._id ?? '' })
      times.push(performance.now() - start)
    }
    return { open, medianMs: rounded(quantile(times, 0.5)), p95Ms: rounded(quantile(times, 0.95)) }
  } finally {
    await end()
    await store.close()
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
