import { setTimeout as pause } from 'node:timers/promises'
import type { TestSocket } from '../../../packages/server/src/testing/connect.ts'
import { quantile } from '../bench/statistics.ts'
import type { Place } from './two-servers.ts'

export interface Times {
  readonly p50: number
  readonly p95: number
  readonly most: number
}

export function timesOf(all: readonly number[]): Times {
  const round = (share: number) => Math.round(quantile(all, share) * 10) / 10
  return { p50: round(0.5), p95: round(0.95), most: round(1) }
}

export interface AtOnce {
  readonly ms: number
  readonly answerMs: Times
  readonly loads: readonly number[]
  readonly counts: readonly number[]
  readonly appends: number
  readonly changes: number
}

const newTicket = () => ({ product: 'sales', cid: crypto.randomUUID() })

/** Tickets that both servers' customers create at once. */
export async function createAtOnce(place: Place, tickets: number): Promise<AtOnce> {
  const { customers, admins, log } = place
  const before = { ...log }
  const start = performance.now()
  const answered = await Promise.all(
    Array.from({ length: tickets }, async (_, n) => {
      await (customers[n % 2] as TestSocket).request('create_ticket', newTicket())
      return performance.now() - start
    }),
  )
  const ms = Math.round(performance.now() - start)
  const { tickets: stored } = await admins[0].request('get_tickets', { limit: 5_000 })
  const managers = await admins[1].request('get_all_line_managers', {})
  const loads = managers.map(
    ({ user_id }) => stored.filter((one) => !one.is_closed && one.line_manager === user_id).length,
  )
  return {
    ...{ ms, answerMs: timesOf(answered), loads },
    counts: managers.map(({ ticket_count }) => ticket_count),
    appends: log.appends - before.appends,
    changes: log.changes - before.changes,
  }
}

/** Closes tickets, each at both servers at once; answers how many were, and how many of these once. */
export async function closeOnBoth({ admins }: Place, tickets: number) {
  const { tickets: open } = await admins[0].request('get_tickets', { limit: tickets, is_closed: false })
  const closings = open.map(async ({ _id: ticket_id }) => {
    const answers = await Promise.all(admins.map((one) => one.request('close_ticket', { ticket_id })))
    return answers.filter(({ closed_now }) => closed_now).length
  })
  const times = await Promise.all(closings)
  return { tickets: times.length, once: times.filter((one) => one === 1).length }
}

/** How long a customer waits for the answer where nothing else happens, and an agent at the other server for the ticket. */
export async function createOneByOne(place: Place, tickets: number, isHeard: boolean) {
  const { customers, admins, log } = place
  const answers: number[] = []
  const lags: number[] = []
  const firstAppend = log.appendMs.length
  for (let n = 0; n < tickets; n++) {
    const start = performance.now()
    const { _id } = await customers[0].request('create_ticket', newTicket())
    const answeredAt = performance.now()
    answers.push(answeredAt - start)
    if (isHeard) await admins[1].first('new_ticket', ({ data }) => data._id === _id)
    lags.push(performance.now() - answeredAt)
    // At any moment of the polls.
    if (isHeard) await pause(Math.random() * 200)
  }
  return {
    answerMs: timesOf(answers),
    // What an answer waits for the log.
    appendMs: isHeard ? timesOf(log.appendMs.slice(firstAppend)) : null,
    otherServerMs: isHeard ? timesOf(lags) : null,
  }
}

/** How often both servers look at the log while nothing happens, a second. */
export async function idleUse({ log }: Place, seconds: number) {
  const before = { ...log }
  await pause(seconds * 1_000)
  const aSecond = (name: 'heads' | 'reads' | 'appends') =>
    Math.round(((log[name] - before[name]) / seconds) * 100) / 100
  return { heads: aSecond('heads'), reads: aSecond('reads'), appends: aSecond('appends') }
}
