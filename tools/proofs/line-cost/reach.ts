import { randomUUID } from 'node:crypto'
import type { Store } from '../../../packages/server/src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../../../packages/server/src/testing/connect.ts'
import { quantile } from '../bench/statistics.ts'

/** How long after a step everybody who waits had been told, in milliseconds. */
export interface ReachFigures {
  readonly what: string
  readonly steps: number
  readonly medianMs: number
  readonly mostMs: number
}

interface Step {
  readonly what: string
  /** Runs just before, so that the line rests when the step comes. */
  readonly before: () => Promise<unknown>
  readonly run: () => Promise<unknown>
}

const product = 'sales'
const newTicket = () => ({ product, cid: randomUUID() })
const deadlineMs = 15_000

/** Does each step several times beside so many customers who wait, and sees when the last of them has heard of it. */
export async function measureReach(store: Store, customers: number, rounds: number): Promise<ReachFigures[]> {
  let close = async (): Promise<void> => {}
  const chat = await openChat((end) => (close = end), { store })
  try {
    const admin = await chat.connect('root', { role: 'admin' })
    const agent = await chat.connect('mia', { role: 'agent' })
    await admin.request('create_topic', { name: product, cid: randomUUID() })
    await hire(admin)
    await agent.request('set_line_availability', { availability: 'online' })
    await admin.request('create_ticket', newTicket())
    const waiting = await comeIn(chat, customers)
    const took = new Map<string, number[]>()
    for (let round = 0; round < rounds; round += 1)
      for (const { what, before, run } of stepsOf(admin, agent)) {
        const times = took.get(what) ?? []
        await reach(waiting, before)
        times.push(await reach(waiting, run))
        took.set(what, times)
      }
    return [...took].map(([what, times]) => ({
      what,
      steps: times.length,
      medianMs: Math.round(quantile(times, 0.5)),
      mostMs: Math.round(Math.max(...times)),
    }))
  } finally {
    await close()
  }
}

async function hire(admin: TestSocket): Promise<void> {
  const rank = { positions_in_a_line: 1, average_serving_time: 5, is_unmanaged: true, capacity: 1 }
  await admin.request('create_line_manager', { user_id: 'mia', ...rank, cid: randomUUID() })
}

async function comeIn(chat: TestChat, customers: number): Promise<TestSocket[]> {
  const waiting: TestSocket[] = []
  for (let n = 0; n < customers; n += 1) {
    const socket = await chat.connect(`customer ${n}`)
    const { _id: ticket_id } = await socket.request('create_ticket', newTicket())
    await socket.request('get_estimate', { ticket_id })
    waiting.push(socket)
  }
  return waiting
}

/** Each changes what those who wait are told. What is needed for it first is told before. */
function stepsOf(admin: TestSocket, agent: TestSocket): Step[] {
  const opened: string[] = []
  const open = async () => opened.push((await admin.request('create_ticket', newTicket()))._id)
  const close = (ticket_id: string) => admin.request('close_ticket', { ticket_id })
  const closeAll = async () => {
    const { tickets } = await admin.request('get_tickets', { line_manager: 'mia', is_closed: false })
    for (const { _id } of tickets) await close(_id)
  }
  const setCapacity = (capacity: number) => admin.request('update_line_manager', { user_id: 'mia', capacity })
  const attend = (availability: 'online' | 'offline') =>
    agent.request('set_line_availability', { availability })
  return [
    { what: 'create', before: open, run: open },
    { what: 'leave', before: open, run: () => close(opened.pop() ?? '') },
    {
      what: 'claim',
      before: open,
      run: () => agent.request('claim_ticket', { ticket_id: opened.pop() ?? '' }),
    },
    { what: 'close', before: open, run: closeAll },
    { what: 'offline', before: open, run: () => attend('offline') },
    { what: 'online', before: open, run: () => attend('online') },
    { what: 'capacity', before: open, run: () => setCapacity(2) },
    { what: 'close', before: () => setCapacity(1).then(open), run: closeAll },
  ]
}

/** Milliseconds from when the step is asked for until the last socket has heard how the line has moved. */
async function reach(sockets: readonly TestSocket[], run: () => Promise<unknown>): Promise<number> {
  const countOf = ({ frames }: TestSocket) => frames.filter(([event]) => event === 'line_moved').length
  const before = sockets.map(countOf)
  const start = performance.now()
  await run()
  while (sockets.some((socket, at) => countOf(socket) <= (before[at] ?? 0))) {
    if (performance.now() - start > deadlineMs) throw new Error('Somebody who waits was not told')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return performance.now() - start
}
