import { expect, it, onTestFinished, vi } from 'vitest'
import { untilFrozen } from '../../tests/support/frozen.ts'
import type { Logger } from '../logger.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Change, type Store, StoreUnavailableError } from '../stores/store.ts'
import { change } from '../testing/store-cases/making.ts'
import { SharedChanges } from './shared-changes.ts'

async function openStore(): Promise<Store> {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  return store
}

/** A server without a bus. */
const alone = { tell() {}, on() {}, onMissed() {}, others: [], hearsAll: true, isBusConnected: false }

/** A server's changes, what it has heard, and what it has logged. */
async function join(store: Store) {
  const heard: Change[] = []
  const errors: unknown[] = []
  const nothing = () => {}
  const logger: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (...args) => errors.push(args),
  }
  const changes = new SharedChanges(store.changes, alone, logger)
  changes.on('sessions_revoked', (one) => heard.push(one))
  await changes.start()
  onTestFinished(() => changes.stop())
  return { changes, heard, errors }
}

const named = (user_id: string) => change({ user_id })

it('[RV3] tells every server of what any of them announces, each once and in order', async () => {
  const store = await openStore()
  const [east, west] = [await join(store), await join(store)]
  await east.changes.announce(named('ann'), named('ben'))
  await west.changes.announce(named('zoe'))

  for (const { changes, heard } of [east, west]) {
    await changes.poll()
    expect(heard).toEqual([named('ann'), named('ben'), named('zoe')])
  }
})

it('[RV3] tells other servers within five seconds, without being asked', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const store = await openStore()
  const [east, west] = [await join(store), await join(store)]
  await east.changes.announce(named('ann'))
  await untilFrozen(() => east.heard.length > 0)
  expect(east.heard).toEqual([named('ann')])
  await vi.advanceTimersByTimeAsync(5_000)
  // Nothing looks after that.
  await untilFrozen(() => west.heard.length > 0)
  expect(west.heard).toEqual([named('ann')])
})

it('[RV3] begins with what comes after the start', async () => {
  const store = await openStore()
  await store.changes.append([named('ann')])
  const { changes, heard } = await join(store)
  await changes.poll()
  expect(heard).toEqual([])
})

it('[RV3] hears what comes after its database has gone back to an earlier time', async () => {
  const [later, earlier] = [await openStore(), await openStore()]
  let { changes: current } = later
  const gone: Store['changes'] = {
    ...current,
    head: () => current.head(),
    after: (seq) => current.after(seq),
  }
  await later.changes.append([named('ann'), named('ben')])
  const { changes, heard } = await join({ ...later, changes: gone })
  current = earlier.changes
  await changes.poll()
  await earlier.changes.append([named('zoe')])
  await changes.poll()
  expect(heard).toEqual([named('zoe')])
})

it('[RV3] misses nothing while the store is unavailable, and says so once', async () => {
  const store = await openStore()
  let isDown = false
  const after: Store['changes']['after'] = async (seq) => {
    if (isDown) throw new StoreUnavailableError()
    return store.changes.after(seq)
  }
  const { changes, heard, errors } = await join({ ...store, changes: { ...store.changes, after } })
  isDown = true
  await changes.announce(named('ann'))
  await changes.poll()
  await changes.poll()
  expect(heard).toEqual([])
  expect(errors).toHaveLength(1)
  isDown = false
  await changes.poll()
  expect(heard).toEqual([named('ann')])
})

it('[RV3] goes on where a listener fails', async () => {
  const store = await openStore()
  const { changes, heard, errors } = await join(store)
  changes.on('sessions_revoked', ({ user_id }) => {
    if (user_id === 'ann') throw new Error('a mistake')
  })
  await changes.announce(named('ann'), named('ben'))
  await changes.poll()
  expect(heard).toEqual([named('ann'), named('ben')])
  expect(errors).toHaveLength(1)
})
