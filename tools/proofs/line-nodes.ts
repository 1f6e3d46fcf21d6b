import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Ticket } from '../../packages/protocol/src/index.ts'
import type { TestSocket } from '../../packages/server/src/testing/test-socket.ts'
import { openScene, type Scene } from './line-nodes/scene.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/line-nodes*',
  ':!**/*.test.ts',
]

const sizes = {
  full: { agents: 20, tickets: 2_000, claims: 200, atOnce: 100 },
  quick: { agents: 5, tickets: 200, claims: 20, atOnce: 50 },
}
type Size = (typeof sizes)['full']

const shareClosed = 0.3
/** So many pairs that cross each other at the two servers are under way together. */
const pairsAtOnce = 10
const mostTries = 60

/** Sends a request until a server has answered it: one that dies answers nothing, and its work is repeated at the other. */
class Crew {
  admins: TestSocket[] = []
  repeated = 0
  #next = 0

  async ask(event: string, payload: object): Promise<unknown> {
    for (let n = 0; n < mostTries; n++) {
      const admin = this.admins[this.#next++ % this.admins.length] as TestSocket
      const answer = await within(10_000, admin.ask(event, payload))
      if (answer?.status === 'success') return answer.data
      if (answer && !answer.error.retryable) throw new Error(`${event}: ${answer.data}`)
      this.repeated += 1
      await pause(100)
    }
    throw new Error(`${event} was never answered`)
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  return Promise.race([work.catch(() => undefined), pause(ms).then(() => undefined)])
}

/** Runs tasks, so many at once. */
async function each<T, R>(all: readonly T[], atOnce: number, run: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) results[at] = await run(all[at] as T)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

/**
 * Two servers on one MongoDB that is late: many tickets at once, of which one server is killed in the middle; closes and claims that
 * both servers get at the same time.
 */
export async function prove() {
  const quick = process.argv.includes('--quick')
  const size = quick ? sizes.quick : sizes.full
  const scene = await openScene()
  try {
    const figures = await run(scene, size)
    const problems = problemsOf(figures, size)
    console.dir({ figures }, { depth: 4 })
    for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
    if (problems.length > 0) process.exitCode = 1
    return { quick, mongo: scene.isStandIn ? 'stand-in' : 'mongod', size, figures, problems }
  } finally {
    await scene.close()
  }
}

async function run(scene: Scene, size: Size) {
  const crew = new Crew()
  const [east, west] = scene.servers
  crew.admins = [await scene.connect(east, 'root', 'admin'), await scene.connect(west, 'root', 'admin')]
  await crew.ask('create_topic', { name: 'sales', cid: randomUUID() })
  for (let n = 1; n <= size.agents; n++)
    await crew.ask('create_line_manager', {
      ...{
        user_id: `agent-${n}`,
        positions_in_a_line: n,
        average_serving_time: 4,
        is_unmanaged: true,
        cid: randomUUID(),
      },
    })

  const cids = Array.from({ length: size.tickets }, () => randomUUID())
  let made = 0
  const creating = each(cids, size.atOnce, async (cid) => {
    const ticket = (await crew.ask('create_ticket', { product: 'sales', cid })) as Ticket
    made += 1
    return ticket._id
  })
  while (made < size.tickets / 2) await pause(20)
  await west.stop('SIGKILL')
  crew.admins = crew.admins.slice(0, 1)
  const ids = await creating
  scene.servers[1] = await scene.start()
  crew.admins.push(await scene.connect(scene.servers[1], 'root', 'admin'))
  const [root, other] = crew.admins as [TestSocket, TestSocket]
  const afterCreating = await countsOf(root)

  const closing = ids.slice(0, Math.round(size.tickets * shareClosed))
  const closes = await each(closing, pairsAtOnce, (ticket_id) =>
    Promise.all([root, other].map((one) => one.request('close_ticket', { ticket_id }))),
  )
  const closedOnce = closes.filter((both) => both.filter((one) => one.closed_now).length === 1).length
  const afterClosing = await countsOf(other)

  const claims = await claimTwice(scene, size, root)
  const known = (await root.request('get_tickets', { limit: 5_000 })).tickets
  return {
    repeated: crew.repeated,
    created: new Set(ids).size,
    afterCreating,
    closedOnce,
    afterClosing,
    claims,
    known: new Set(known.map(({ _id }) => _id)).size,
  }
}

/** Tickets that wait, since everybody is paused, each claimed by two agents at two servers at once. */
async function claimTwice(scene: Scene, size: Size, root: TestSocket) {
  const pauseAll = (is_active: boolean) =>
    each(
      Array.from({ length: size.agents }, (_, n) => `agent-${n + 1}`),
      5,
      (user_id) => root.request('update_line_manager', { user_id, is_active }),
    )
  await pauseAll(false)
  // Few at once: each looks for a free line manager in vain, for which the stand-in reads all open tickets.
  const claimed = await each(Array.from({ length: size.claims }), pairsAtOnce, () =>
    root.request('create_ticket', { product: 'sales', cid: randomUUID() }),
  )
  const agents = [
    await scene.connect(scene.servers[0], 'agent-1'),
    await scene.connect(scene.servers[1], 'agent-2'),
  ]
  const answers = await each(claimed, pairsAtOnce, ({ _id: ticket_id }) =>
    Promise.all(agents.map((agent) => agent.ask('claim_ticket', { ticket_id }))),
  )
  const all = answers.flat()
  const winners = answers.filter((both) => both.filter(({ status }) => status === 'success').length === 1)
  const conflicts = all.filter((one) => one.status === 'failure' && one.error.code === 'conflict')
  await pauseAll(true)
  return {
    waiting: claimed.filter(({ state }) => state === 'waiting').length,
    winners: winners.length,
    conflicts: conflicts.length,
  }
}

/** How many open tickets there are, how they are spread, and whether each count is that of the tickets. */
async function countsOf(admin: TestSocket) {
  const managers = await admin.request('get_all_line_managers', {})
  const { tickets } = await admin.request('get_tickets', { limit: 5_000, is_closed: false })
  const counts = managers.map(({ ticket_count }) => ticket_count)
  const isExact = managers.every(
    ({ user_id, ticket_count }) =>
      tickets.filter(({ line_manager }) => line_manager === user_id).length === ticket_count,
  )
  return { open: tickets.length, spread: Math.max(...counts) - Math.min(...counts), isExact }
}

type Figures = Awaited<ReturnType<typeof run>>

function problemsOf(
  { created, afterCreating, closedOnce, afterClosing, claims, known }: Figures,
  size: Size,
): string[] {
  const closed = Math.round(size.tickets * shareClosed)
  const checks: readonly (readonly [boolean, string])[] = [
    [created === size.tickets, `${created} tickets were created`],
    [afterCreating.open === size.tickets, `${afterCreating.open} tickets are open`],
    [afterCreating.spread <= 1, `line managers differ by ${afterCreating.spread}`],
    [afterCreating.isExact && afterClosing.isExact, 'a count is not that of the tickets'],
    [closedOnce === closed, `${closedOnce} of ${closed} were closed once`],
    [afterClosing.open === size.tickets - closed, `${afterClosing.open} are open after the closes`],
    [claims.winners === size.claims, `${claims.winners} claims have one winner`],
    [claims.conflicts === size.claims, `${claims.conflicts} claims were conflicts`],
    [known === size.tickets + size.claims, `${known} tickets are known`],
  ]
  return checks.filter(([isRight]) => !isRight).map(([, problem]) => problem)
}
