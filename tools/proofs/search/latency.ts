import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PayloadOf } from '../../../packages/protocol/src/contract.ts'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { openChat, type TestSocket } from '../../../packages/server/src/testing/connect.ts'
import { testWorkspaces } from '../../../packages/server/src/testing/start-server.ts'
import { quantile } from '../bench/statistics.ts'
import { pick, type Random, seeded } from '../stores/random.ts'
import { enter, type Filling, fill, indexAll, type Searcher } from './filled.ts'
import { type Vocabulary, vocabularyOf } from './texts.ts'

/** How long the answers of some searches took, in milliseconds. */
export interface Times {
  readonly what: string
  readonly searches: number
  readonly half: number
  readonly most99: number
  readonly most: number
  /** How many of them found something. */
  readonly found: number
}

export interface LatencyFigures {
  readonly messages: number
  readonly fillSeconds: number
  readonly indexSeconds: number
  readonly all: Times
  readonly kinds: readonly Times[]
}

export interface LatencySize extends Filling {
  readonly searches: number
}

const searchers: readonly Searcher[] = [
  { user_id: 'in 3 rooms', role: 'customer', rooms: 3 },
  { user_id: 'in 30 rooms', role: 'customer', rooms: 30 },
  { user_id: 'in 300 rooms', role: 'customer', rooms: 300 },
  { user_id: 'agent in 20 rooms', role: 'agent', rooms: 20 },
]

/** What people look for: in a vocabulary whose common words come first. */
const kinds: Readonly<Record<string, (random: Random, words: Vocabulary) => PayloadOf<'search'>>> = {
  'a common word': (random, words) => ({ text: pick(random, words.slice(0, 20)) }),
  'a word': (random, words) => ({ text: pick(random, words.slice(50, 1_000)) }),
  'a rare word': (random, words) => ({ text: pick(random, words.slice(-5_000)) }),
  'two words': (random, words) => ({
    text: `${pick(random, words.slice(0, 100))} ${pick(random, words.slice(50, 1_000))}`,
  }),
  'three words': (random, words) => ({
    text: Array.from({ length: 3 }, () => pick(random, words.slice(10, 200))).join(' '),
  }),
  'the beginning of a word': (random, words) => ({ text: pick(random, words.slice(20, 2_000)).slice(0, 4) }),
  'what is not there': (random) => ({ text: `qqqq${Math.floor(random() * 1e6)}` }),
  'a word in one room': (random, words) => ({
    ...{ text: pick(random, words.slice(0, 500)), rooms: [`r${Math.floor(random() * 10)}`] },
  }),
  'a word of one person': (random, words) => ({
    ...{ text: pick(random, words.slice(0, 500)), from: `author ${Math.floor(random() * 100)}` },
  }),
}

/** How long searches take through a server, one after the other, over so many messages in the embedded store. */
export async function measureLatency(size: LatencySize, seed: number): Promise<LatencyFigures> {
  const random = seeded(seed)
  const words = vocabularyOf(random, 30_000)
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-search-'))
  const store = await embeddedStore({ path: folder, deadlineMs: 60_000 })
  const ends: (() => Promise<void>)[] = []
  try {
    const startedAt = performance.now()
    await fill(store, random, words, size)
    const fillSeconds = (performance.now() - startedAt) / 1_000
    for (const one of searchers) await enter(store, one, size.rooms)
    const indexSeconds = await indexAll(store)
    const workspaces = testWorkspaces.map((one) => ({ ...one, search: one.id === 'demo' }))
    const chat = await openChat((end) => ends.push(async () => end()), { store, workspaces })
    const sockets = await Promise.all(searchers.map(({ user_id, role }) => chat.connect(user_id, { role })))
    const each = Math.ceil(size.searches / Object.keys(kinds).length / sockets.length)
    // The first searches read what the disk has.
    await searchAll(sockets, random, words, 3)
    const times = await searchAll(sockets, random, words, each)
    // Each search is there twice: by what it looks for, and by who looks.
    const all = timesOf(
      'all',
      Object.keys(kinds).flatMap((kind) => times.get(kind) ?? []),
    )
    const figures = [...times].map(([what, some]) => timesOf(what, some))
    return { messages: size.messages, fillSeconds, indexSeconds, all, kinds: figures }
  } finally {
    for (const end of ends) await end()
    await store.close().catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Taken {
  readonly ms: number
  readonly found: boolean
}

async function searchAll(
  sockets: readonly TestSocket[],
  random: Random,
  words: Vocabulary,
  each: number,
): Promise<Map<string, Taken[]>> {
  const times = new Map<string, Taken[]>()
  for (let n = 0; n < each; n++)
    for (const [at, socket] of sockets.entries())
      for (const [kind, payloadOf] of Object.entries(kinds)) {
        const payload = payloadOf(random, words)
        const startedAt = performance.now()
        const { hits } = await socket.request('search', payload)
        const taken = { ms: performance.now() - startedAt, found: hits.length > 0 }
        for (const what of [kind, searchers[at]?.user_id ?? '']) {
          const known = times.get(what) ?? []
          known.push(taken)
          times.set(what, known)
        }
      }
  return times
}

function timesOf(what: string, some: readonly Taken[]): Times {
  const ms = some.map((one) => one.ms)
  const rounded = (share: number) => Math.round(quantile(ms, share) * 100) / 100
  return {
    what,
    searches: some.length,
    ...{ half: rounded(0.5), most99: rounded(0.99), most: rounded(1) },
    found: some.filter(({ found }) => found).length,
  }
}
