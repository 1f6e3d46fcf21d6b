import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { openChat } from '../../../packages/server/src/testing/connect.ts'
import { testWorkspaces } from '../../../packages/server/src/testing/start-server.ts'
import { cpuBetween, cpuByThread } from '../bench/cpu.ts'
import { quantile, type Spread, spread } from '../bench/statistics.ts'
import { seeded } from '../stores/random.ts'
import { fill, indexAll } from './filled.ts'
import { textOf, type Vocabulary, vocabularyOf } from './texts.ts'

export interface AppendSize {
  readonly rounds: number
  readonly seconds: number
  readonly senders: number
  /** Messages of all senders together. */
  readonly perSecond: number
  /** Messages of which the CPU is measured. */
  readonly counted: number
}

export interface AppendFigures {
  /** Milliseconds until a message is acknowledged: the halves, and the 99ths of a hundred, of several rounds. */
  readonly off: { readonly half: Spread; readonly most99: Spread }
  readonly on: { readonly half: Spread; readonly most99: Spread }
  /** How much longer half of the messages take with search, in pairs of rounds. */
  readonly ratio: Spread
  /** Microseconds of all threads for each message. */
  readonly cpuUs: { readonly append: number; readonly index: number }
}

/** What appends cost with search and without, in rounds that alternate, and what indexing itself costs. */
export async function measureAppends(size: AppendSize, seed: number): Promise<AppendFigures> {
  const random = seeded(seed)
  const words = vocabularyOf(random, 30_000)
  const off: number[][] = []
  const on: number[][] = []
  for (let n = 0; n < size.rounds; n++)
    for (const [search, rounds] of [[false, off] as const, [true, on] as const])
      rounds.push(await send(size, search, words, seed + n))
  const halves = (rounds: number[][]) => rounds.map((ms) => quantile(ms, 0.5))
  const figuresOf = (rounds: number[][]) => ({
    half: spread(halves(rounds)),
    most99: spread(rounds.map((ms) => quantile(ms, 0.99))),
  })
  const ratio = spread(halves(on).map((half, at) => half / (halves(off)[at] ?? Number.NaN)))
  return { off: figuresOf(off), on: figuresOf(on), ratio, cpuUs: await measureCpu(size.counted, words, seed) }
}

/** Sends at a steady pace to a new server; answers how long each message took. */
async function send(
  { seconds, senders, perSecond }: AppendSize,
  search: boolean,
  words: Vocabulary,
  seed: number,
): Promise<number[]> {
  const random = seeded(seed)
  const ends: (() => Promise<void>)[] = []
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-search-'))
  const store = await embeddedStore({ path: folder })
  const workspaces = testWorkspaces.map((one) => ({ ...one, search }))
  try {
    const chat = await openChat((end) => ends.push(async () => end()), { store, workspaces })
    const sockets = await Promise.all(Array.from({ length: senders }, (_, n) => chat.connect(`sender ${n}`)))
    const taken: number[] = []
    const under: Promise<void>[] = []
    const startedAt = performance.now()
    for (let sent = 0; performance.now() - startedAt < seconds * 1_000; ) {
      const due = ((performance.now() - startedAt) / 1_000) * perSecond
      for (; sent < due; sent++) {
        const socket = sockets[sent % senders]
        const at = performance.now()
        const message = {
          room_id: `r${sent % senders}`,
          message_data: textOf(random, words),
          cid: randomUUID(),
        }
        const answer = socket?.request('message_event', message).then(() => {
          taken.push(performance.now() - at)
        })
        if (answer) under.push(answer)
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await Promise.all(under)
    return taken
  } finally {
    for (const end of ends) await end()
    await store.close().catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureCpu(
  messages: number,
  words: Vocabulary,
  seed: number,
): Promise<AppendFigures['cpuUs']> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-search-'))
  const store = await embeddedStore({ path: folder })
  const used = async (run: () => Promise<unknown>): Promise<number> => {
    const before = cpuByThread(process.pid)
    await run()
    return Math.round(cpuBetween(process.pid, before, cpuByThread(process.pid)).all / 1_000 / messages)
  }
  const size = { messages, rooms: 50, tickets: 10, authors: 50 }
  try {
    const append = await used(() => fill(store, seeded(seed), words, size))
    return { append, index: await used(() => indexAll(store)) }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
