import { setTimeout as pause } from 'node:timers/promises'
import { embeddedStore, type Store, StoreUnavailableError } from '../../../packages/server/src/index.ts'
import { startServer, type TestServer } from '../../../packages/server/src/testing/index.ts'
import { between, pick, type Random, seeded } from '../stores/random.ts'
import { isGood, judge, type Verdict } from './check.ts'
import { storm } from './client-storm.ts'
import { readLogsIn } from './read-logs.ts'
import { SdkTalker } from './sdk-talker.ts'

export interface SeedFigures {
  readonly seeds: number
  readonly sent: number
  readonly stored: number
  /** Failures of the store that were answered as `unavailable`, before or after the write. */
  readonly storeFaults: number
  /** Seeds that broke a promise, with what was wrong. */
  readonly wrong: readonly { readonly seed: number; readonly verdict: Verdict }[]
}

const rooms = ['a', 'b']
const clients = 3
const logger = { debug() {}, info() {}, warn() {}, error() {} }

/** Many short runs in one process, each with faults of its own: every client's list must equal the log in the end. */
export async function runSeeds(seeds: readonly number[], atOnce: number): Promise<SeedFigures> {
  const results: Awaited<ReturnType<typeof runSeed>>[] = []
  const waiting = [...seeds]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift())
        results.push(await runSeed(seed))
    }),
  )
  return {
    seeds: results.length,
    sent: results.reduce((sum, { sent }) => sum + sent, 0),
    stored: results.reduce((sum, { stored }) => sum + stored, 0),
    storeFaults: results.reduce((sum, { storeFaults }) => sum + storeFaults, 0),
    wrong: results.flatMap(({ seed, verdict }) => (isGood(verdict) ? [] : [{ seed, verdict }])),
  }
}

async function runSeed(seed: number) {
  const random = seeded(seed)
  const faults = { count: 0, share: between(random, 0.1, 0.4) }
  const store = fragileStore(await embeddedStore({ path: ':memory:' }), random, faults)
  const server = await startServer({ store, logger, limits: { headsMs: 500 } })
  const links = await Promise.all(
    Array.from({ length: clients }, (_, n) => server.link({ random: seeded(seed * 10 + n) })),
  )
  const talkers = links.map(
    (link, n) => new SdkTalker(`sdk ${n}`, rooms, link, (user) => server.authFor(user)),
  )
  try {
    const over = new AbortController()
    const plan = { links, random, everyMs: { min: 20, max: 150 }, awayMs: { min: 20, max: 400 } }
    const breaking = storm({ ...plan, signal: over.signal })
    for (let n = 0; n < 20; n++) {
      for (const talker of talkers) talker.say(pick(random, rooms), `${talker.user} ${n}`)
      await pause(between(random, 0, 100))
    }
    over.abort()
    await breaking
    faults.share = 0
    for (const link of links) link.online()
    const { verdict, stored } = await untilLevel(server, talkers)
    const sent = talkers.reduce((sum, talker) => sum + talker.sent.length, 0)
    return { seed, verdict, sent, stored, storeFaults: faults.count }
  } finally {
    for (const talker of talkers) talker.close()
    await server.close()
  }
}

async function untilLevel(server: TestServer, talkers: readonly SdkTalker[]) {
  const deadline = performance.now() + 90_000
  for (;;) {
    await pause(100)
    const isOver = performance.now() > deadline
    if (!isOver && !talkers.every(({ isIdle }) => isIdle)) continue
    const logs = await readLogsIn(server.url, rooms, server.authFor('reader'))
    const verdict = judge(talkers, logs)
    const stored = [...logs.values()].reduce((sum, { messages }) => sum + messages.length, 0)
    if (isOver || verdict.notLevel === 0) return { verdict, stored }
  }
}

/** A store that fails at times: half of the times before it writes, half of them after. */
function fragileStore(store: Store, random: Random, faults: { count: number; share: number }): Store {
  const { append } = store.streams
  return {
    ...store,
    streams: {
      ...store.streams,
      async append(...args) {
        await pause(random() < 0.2 ? between(random, 0, 30) : 0)
        const isBad = random() < faults.share
        if (isBad) faults.count += 1
        if (isBad && random() < 0.5) throw new StoreUnavailableError('Planned, before the write')
        const answer = await append(...args)
        if (isBad) throw new StoreUnavailableError('Planned, after the write')
        return answer
      },
    },
  }
}
