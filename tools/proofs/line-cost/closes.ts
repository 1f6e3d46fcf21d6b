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

/** A server with so many open tickets, one of whose customers is told how the line moves. */
interface BusyServer {
  readonly open: number
  /** Closes a ticket, so that the next one is taken, and answers how long that took. Another one comes for it. */
  closeOne(): Promise<number>
  end(): Promise<void>
}

const [product, workspace_id, user_id] = ['sales', 'demo', 'mia']
const atOnce = 500
const warmUp = 10

/** Closes at each server in turn, so that what disturbs one disturbs all. */
export async function measureCloses(sizes: readonly number[], rounds: number): Promise<CloseFigures[]> {
  const servers: BusyServer[] = []
  try {
    for (const open of sizes) servers.push(await startBusy(open))
    const took = new Map(servers.map((server) => [server, [] as number[]]))
    for (let round = -warmUp; round < rounds; round += 1)
      for (const [server, times] of took) {
        const ms = await server.closeOne()
        if (round >= 0) times.push(ms)
      }
    return [...took].map(([{ open }, times]) => ({
      open,
      medianMs: rounded(quantile(times, 0.5)),
      p95Ms: rounded(quantile(times, 0.95)),
    }))
  } finally {
    for (const { end } of servers) await end()
  }
}

async function startBusy(open: number): Promise<BusyServer> {
  const store = await embeddedStore({ path: ':memory:' })
  let close = async (): Promise<void> => {}
  const chat = await openChat((closing) => (close = closing), { store })
  const [admin, customer] = [await chat.connect('root', { role: 'admin' }), await chat.connect('ann')]
  await admin.request('create_topic', { name: product, cid: randomUUID() })
  const rank = { positions_in_a_line: 1, average_serving_time: 5, is_unmanaged: true, capacity: 5 }
  await admin.request('create_line_manager', { user_id, ...rank, cid: randomUUID() })
  const come = () => store.tickets.create({ ...makeTicket('ben', product), workspace_id })
  for (let made = 0; made < open; made += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, open - made) }, come))
  await customer.request('get_estimate', { product })
  return {
    open,
    async closeOne() {
      const [next] = await store.tickets.listOpen(workspace_id, user_id, { limit: 1 })
      await come()
      const start = performance.now()
      await admin.request('close_ticket', { ticket_id: next?._id ?? '' })
      return performance.now() - start
    },
    async end() {
      await close()
      await store.close()
    },
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
