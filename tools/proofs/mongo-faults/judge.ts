import type { Store } from '../../../packages/server/src/stores/store.ts'
import { range, readAll, room } from '../../../packages/server/src/testing/store-cases/making.ts'
import type { Storm, StormPlan } from './plan.ts'
import type { Ledger } from './writers.ts'

type Message = Awaited<ReturnType<typeof readAll>>[number]

/** How much later than its deadline a call may end. */
const graceMs = 500

const at = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)

/** Holds what the writers know against what is stored. */
export async function judge(
  { rooms, deadlineMs }: StormPlan,
  stores: readonly Store[],
  ledger: Ledger,
  numbers: readonly string[],
): Promise<Omit<Storm, 'troubled' | 'elections' | 'levelMs'>> {
  const problems = [...ledger.problems, ...numbers]
  let stored = 0
  for (const n of range(0, rooms - 1)) {
    const name = `busy ${n}`
    const [all = [], others] = await Promise.all(stores.map((store) => readAll(store, room(name), 200)))
    stored += all.length
    problems.push(...messageProblems(name, all, ledger))
    if (JSON.stringify(all) !== JSON.stringify(others))
      problems.push(`${name} reads differently from both stores`)
  }
  problems.push(...(await ticketProblems(stores[0] as Store, ledger)))
  const times = ledger.times.toSorted((a, b) => a - b)
  const backs = ledger.electedAt.flatMap((elected) => {
    const next = ledger.answeredAt.find((answered) => answered > elected)
    return next === undefined ? [] : next - elected
  })
  const sortedBacks = backs.toSorted((a, b) => a - b)
  const mostMs = at(times, 1)
  if (mostMs > deadlineMs + graceMs) problems.push(`A call ended after ${mostMs} ms`)
  return {
    sent: ledger.sent,
    acknowledged: ledger.messages.size,
    unavailable: ledger.unavailable,
    stored,
    tickets: ledger.tickets.length,
    p99Ms: at(times, 0.99),
    mostMs,
    backP50Ms: at(sortedBacks, 0.5),
    backMostMs: at(sortedBacks, 1),
    problems,
  }
}

function messageProblems(name: string, all: readonly Message[], ledger: Ledger): string[] {
  const problems: string[] = []
  const bySeq = new Map(all.map((message) => [message.seq, message]))
  if (all.some(({ seq, nth }, index) => seq !== index + 1 || nth !== index + 1))
    problems.push(`${name} has a hole`)
  if (new Set(all.map(({ cid }) => cid)).size !== all.length) problems.push(`${name} has a cid twice`)
  const last = new Map<string, number>()
  for (const { author, message_data } of all) {
    const n = Number(message_data)
    if (n !== (last.get(author ?? '') ?? 0) + 1) problems.push(`${name}: ${author} has ${n} out of order`)
    last.set(author ?? '', n)
  }
  for (const [cid, { room, seq }] of ledger.messages)
    if (room === name && bySeq.get(seq)?.cid !== cid)
      problems.push(`${name}: ${seq} was acknowledged, and is not there`)
  return problems
}

async function ticketProblems(store: Store, { tickets, closed }: Ledger): Promise<string[]> {
  const problems: string[] = []
  const gone = new Set(closed)
  for (const id of tickets) {
    const ticket = await store.tickets.get('acme', id)
    if (!ticket) problems.push(`The ticket ${id} was acknowledged, and is not there`)
    else if (ticket.is_closed !== gone.has(id))
      problems.push(`The ticket ${id} is ${ticket.is_closed ? '' : 'not '}closed`)
  }
  const managers = await store.lineManagers.list('acme')
  const counted = managers.reduce((sum, { ticket_count }) => sum + ticket_count, 0)
  if (counted !== tickets.length - closed.length)
    problems.push(`${counted} open tickets are counted, of ${tickets.length - closed.length}`)
  return problems
}
