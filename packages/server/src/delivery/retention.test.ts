import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { Store } from '../stores/store.ts'
import { openChat } from '../testing/connect.ts'
import { startServer } from '../testing/index.ts'
import { drafts, range, room } from '../testing/store-cases/making.ts'

const dayMs = 24 * 60 * 60 * 1_000

/** A store with three messages of forty days ago in a room of each workspace, and one of today. */
async function agedStore(): Promise<Store> {
  const store = await embeddedStore({ path: ':memory:' })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 40 * dayMs })
  onTestFinished(() => void vi.useRealTimers())
  for (const workspace of ['demo', 'other']) await store.streams.append(room('lobby', workspace), drafts(3))
  vi.useRealTimers()
  for (const workspace of ['demo', 'other']) await store.streams.append(room('lobby', workspace), drafts(1))
  return store
}

const workspaces = [
  { id: 'demo', keys: ['demo-key'], guests: true, retentionDays: 30 },
  { id: 'other', keys: ['other-key'] },
]

const log = () => {}
const silent = { debug: log, info: log, warn: log, error: log }

it('[ST9] removes what is older than its workspace keeps it, and says so to who comes back from before', async () => {
  const store = await agedStore()
  const chat = await openChat(onTestFinished, { store, workspaces })
  const ann = await chat.connect('ann')
  const join = (position?: { epoch: string; seq: number; id: string }) =>
    ann.request('join', { room: 'lobby', ...(position && { position }) })
  await expect.poll(async () => (await join()).entries.map(({ seq }) => seq)).toEqual([4])

  const { epoch, first_seq } = await join()
  expect(first_seq).toBe(4)
  const back = await join({ epoch, seq: 1, id: 'of then' })
  expect([back.reset, back.entries.map(({ seq }) => seq)]).toEqual([{ reason: 'truncated' }, [4]])

  const eve = await chat.connect('eve', { workspace_id: 'other', api_key: 'other-key' })
  expect((await eve.request('join', { room: 'lobby' })).entries.map(({ seq }) => seq)).toEqual(range(1, 4))
})

it('[SD15] removes nothing for a day after the clock has leapt ahead of the last use of the store', async () => {
  const store = { ...(await agedStore()), usedUntil: Date.now() - 40 * dayMs }
  const warned: string[] = []
  const logger = { ...silent, warn: (_: unknown, text?: string) => void warned.push(text ?? '') }
  const server = await openChat(onTestFinished, { store, workspaces, logger })
  expect(warned).toEqual([expect.stringMatching(/nothing is removed by its age for a day/)])
  // The sweep of the start has run: one of the rooms is pruned within it where the store's last use is not known.
  const sweep = await openChat(onTestFinished, { store: await agedStore(), workspaces })
  const other = await sweep.connect('ann')
  await expect.poll(async () => (await other.request('join', { room: 'lobby' })).first_seq).toBe(4)
  const ann = await server.connect('ann')
  expect((await ann.request('join', { room: 'lobby' })).entries.map(({ seq }) => seq)).toEqual(range(1, 4))
})

it('[ST9] removes no younger message while the clock is behind, though one is dated long ago', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const key = room('lobby')
  onTestFinished(() => void vi.useRealTimers())
  const now = Date.now()
  const daysOff = (days: number) => vi.useFakeTimers({ toFake: ['Date'], now: now + days * dayMs })
  for (const [days, count] of [
    [-20, 20],
    [-100, 1],
    [-19, 1],
  ] as const) {
    daysOff(days)
    await store.streams.append(key, drafts(count))
  }
  daysOff(-60)
  const before = new Date(Date.now() - 30 * dayMs).toISOString()
  expect(await store.streams.prune('acme', before, null)).toEqual({ removed: 0, next: null })
})

it('[ST9] shows nothing that a sweep has removed before it failed', async () => {
  const aged = await agedStore()
  const joined = new EventEmitter()
  const hasJoined = once(joined, 'joined')
  let calls = 0
  const prune: Store['streams']['prune'] = async (...asked) => {
    await hasJoined
    if (++calls > 1) throw new Error('The disk fails')
    return { ...(await aged.streams.prune(...asked)), next: 'room:lobby' }
  }
  const store = { ...aged, streams: { ...aged.streams, prune } }
  const chat = await openChat(onTestFinished, { store, workspaces, logger: silent })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const seqs = async (socket: typeof ann) =>
    (await socket.request('join', { room: 'lobby' })).entries.map(({ seq }) => seq)
  expect(await seqs(ann)).toEqual(range(1, 4))
  joined.emit('joined')
  await expect.poll(() => seqs(ben)).toEqual([4])
})

it('[ST9] a stop waits for no sweep that has more to do', async () => {
  const aged = await agedStore()
  let calls = 0
  const prune = async () => {
    calls += 1
    return pause(1, { removed: 0, next: 'room:lobby' })
  }
  const errors: unknown[] = []
  const logger = { ...silent, error: (...line: unknown[]) => void errors.push(line) }
  const store = { ...aged, streams: { ...aged.streams, prune } }
  const server = await startServer({ store, workspaces, logger })
  await expect.poll(() => calls).toBeGreaterThan(1)
  await server.close()
  expect(errors).toEqual([])
})

it.each([0, -1, 1.5, Number.NaN])(
  '[ST9] does not start with a retention of %s days',
  async (retentionDays) => {
    const starting = startServer({ workspaces: [{ id: 'demo', keys: ['k'], retentionDays }] })
    await expect(starting).rejects.toThrow(/demo: retentionDays: expected a whole number from 1 on/)
  },
)
