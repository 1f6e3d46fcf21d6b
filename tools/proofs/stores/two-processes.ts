import { randomUUID } from 'node:crypto'
import type { LineManager, Ticket } from '../../../packages/protocol/src/index.ts'
import { type Spread, spread } from '../bench/statistics.ts'
import type { Kind } from './kills/findings.ts'
import { openPlace } from './open-place.ts'
import type { Sizes } from './options.ts'
import type { Person } from './person.ts'
import { type Program, ServerProcess } from './server-process.ts'
import { Crowd, connectAll } from './two-processes/crowd.ts'

export interface TwoProcessFigures {
  readonly messages: number
  /** Appends a second to one room, 64 in flight, through one process and through two. */
  readonly one: Spread
  readonly two: Spread
  /** Two divided by one, round by round. */
  readonly ratio: Spread
  /** How many requests were refused in the race, and sent again. */
  readonly retries: number
  readonly tickets: number
  readonly ticketsOfEach: readonly number[]
  readonly found: Readonly<Record<Kind, number>>
  readonly details: readonly string[]
}

const product = 'billing'
const tickets = 200
const managers = ['max', 'mia', 'moe'] as const

/** Two servers append to one room and open tickets at the same time; then both tell the same of it. */
export async function shareOneDatabase(program: Program, size: Sizes): Promise<TwoProcessFigures> {
  const place = await openPlace('mongo')
  const servers = [
    await ServerProcess.start(program, place.env),
    await ServerProcess.start(program, place.env),
  ]
  try {
    const crowd = new Crowd()
    const [here = [], there = []] = await Promise.all(servers.map((server) => connectAll(server)))
    const rounds: { one: number; two: number }[] = []
    // The first round only warms up.
    for (let round = 0; round <= size.sharedRounds; round += 1) {
      const one = await crowd.send(here, size.sharedMessages)
      rounds.push({
        one,
        two: await crowd.send([...here.slice(0, 4), ...there.slice(4)], size.sharedMessages),
      })
    }
    const admins = await Promise.all(servers.map((server) => server.connect('admin', 'admin')))
    const ticketsOfEach = await askAtOnce(admins, [here, there], crowd)
    await crowd.check(admins)
    const counted = rounds.slice(1)
    const { counts: found, details } = crowd.findings
    return {
      messages: crowd.sent.length,
      one: spread(counted.map(({ one }) => one)),
      two: spread(counted.map(({ two }) => two)),
      ratio: spread(counted.map(({ one, two }) => two / one)),
      retries: crowd.retries,
      tickets,
      ticketsOfEach,
      found,
      details,
    }
  } finally {
    for (const server of servers) await server.stop()
    await place.remove()
  }
}

/** How many tickets each line manager has, when both servers are asked for a hundred in the same moment. */
async function askAtOnce(
  admins: readonly Person[],
  people: readonly (readonly Person[])[],
  crowd: Crowd,
): Promise<number[]> {
  const [admin] = admins
  if (!admin) throw new Error('There are two servers')
  await admin.get('create_topic', { name: product, cid: randomUUID() })
  for (const user_id of managers) {
    const rank = { positions_in_a_line: 1, average_serving_time: 5, is_unmanaged: true }
    await admin.get('create_line_manager', { user_id, ...rank, cid: randomUUID() })
  }
  const asked = people.flatMap((ofServer) =>
    Array.from({ length: tickets / people.length }, (_, at) => {
      const person = ofServer[at % ofServer.length]
      if (!person) throw new Error('There are eight people at each server')
      return crowd.insist<Ticket>(person, 'create_ticket', { product, cid: randomUUID() })
    }),
  )
  const given = await Promise.all(asked)
  const counted = await admin.get<LineManager[]>('get_all_line_managers', {})
  const counts = counted.map(({ user_id, ticket_count }) => {
    const has = given.filter(({ line_manager }) => line_manager === user_id).length
    crowd.findings.expect(
      has === ticket_count,
      'line',
      () => `${user_id} counts ${ticket_count}, was given ${has}`,
    )
    return has
  })
  const difference = Math.max(...counts) - Math.min(...counts)
  crowd.findings.expect(difference <= 1, 'line', () => `the managers have ${counts.join(', ')} tickets`)
  const all = counts.reduce((sum, count) => sum + count, 0)
  crowd.findings.expect(all === tickets, 'line', () => `${all} of ${tickets} tickets have a manager`)
  return counts
}
