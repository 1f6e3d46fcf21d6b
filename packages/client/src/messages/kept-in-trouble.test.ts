import { afterEach, expect, it, vi } from 'vitest'
import type { ChatStorage } from '../connection/guest-tokens.ts'
import { fakeLocks } from '../testing/fake-locks.ts'
import type { KeptMessage } from './kept-box.ts'
import { openKeptQueue } from './kept-queue.ts'

afterEach(() => vi.unstubAllGlobals())

const messageOf = (cid: string): KeptMessage => ({
  ...{ cid, stream: 'room:r', message_data: cid, reply_to: null, created_at: '2026-01-01T00:00:00.000Z' },
})

/** A storage whose requests fail where the test says so. */
function faultyStorage() {
  const rows = new Map<string, string>()
  let fault: (step: 'get' | 'set', key: string, value: string) => unknown = () => undefined
  function pass(step: 'get' | 'set', key: string, value = ''): void {
    const failure = fault(step, key, value)
    if (failure) throw failure
  }
  const storage: ChatStorage = {
    async get(key) {
      pass('get', key)
      return rows.get(key)
    },
    async set(key, value) {
      pass('set', key, value)
      rows.set(key, value)
    },
    remove: async (key) => rows.delete(key),
  }
  /** A tab's queue, what it has taken over, and what its storage has failed with. */
  function open(id: string) {
    const taken: string[] = []
    const failures: unknown[] = []
    const queue = openKeptQueue({
      ...{ storage, id, scope: 's', unsent: [] },
      take(messages) {
        taken.push(...messages.map(({ cid }) => cid))
        for (const message of messages) queue.put(message)
      },
      onWritten: (failure) => failure && failures.push(failure),
    })
    return { queue, taken, failures }
  }
  return {
    rows,
    open,
    /** What a tab has left that is gone. */
    leave(id: string, cid: string) {
      const all = JSON.parse(rows.get('s') ?? '[]') as string[]
      rows.set('s', JSON.stringify([...all, id]))
      rows.set(`s ${id}`, '1')
      rows.set(`s ${id} 1`, JSON.stringify([messageOf(cid)]))
    },
    failWhere(next: typeof fault) {
      fault = next
    },
  }
}

/** A full storage takes only what is no longer than what it replaces. */
const fullStorage =
  (rows: ReadonlyMap<string, string>) =>
  (step: string, key: string, value: string): unknown =>
    step === 'set' && value.length > (rows.get(key)?.length ?? 0)
      ? new DOMException('Full', 'QuotaExceededError')
      : undefined

it('[OX7] keeps without locks also what a tab writes after another one has taken over what it had', async () => {
  vi.stubGlobal('navigator', {})
  const { open } = faultyStorage()
  const first = open('A')
  first.queue.put(messageOf('first'))
  await expect.poll(first.queue.isComplete).toBe(true)
  const second = open('B')
  await second.queue.ready
  expect(second.taken).toEqual(['first'])
  first.queue.put(messageOf('second'))
  await expect.poll(first.queue.isComplete).toBe(true)

  second.queue.remove('first')
  second.queue.release()
  const third = open('C')
  await third.queue.ready
  expect(third.taken).toContain('second')
})

it('[OX6] takes over what tabs have left, also behind what the storage does not give', async () => {
  const { open, leave, failWhere } = faultyStorage()
  leave('A', 'unreadable')
  leave('B', 'kept')
  failWhere((step, key) => step === 'get' && key === 's A 1' && new Error('It cannot be decrypted'))
  fakeLocks().openTab()
  const request = vi.spyOn(navigator.locks, 'request')
  const { queue, taken, failures } = open('C')
  await queue.ready
  expect(taken).toEqual(['kept'])
  expect(failures).toMatchObject([{ message: 'It cannot be decrypted' }])
  // Of the owner, its own box, the list, and the boxes that are left: once or twice each.
  expect(request.mock.calls.length).toBeLessThan(12)
})

it.each([
  ['with locks', true],
  ['without locks', false],
])(
  '[OX6] takes over what was left also into a full storage, and leaves it there, %s',
  async (_, hasLocks) => {
    if (hasLocks) fakeLocks().openTab()
    else vi.stubGlobal('navigator', {})
    const { open, leave, failWhere, rows } = faultyStorage()
    leave('A', 'kept')
    const before = new Map(rows)
    failWhere(fullStorage(rows))
    const { queue, taken, failures } = open('B')
    await queue.ready
    expect(taken).toEqual(['kept'])
    expect(queue.isComplete()).toBe(false)
    expect(failures[0]).toMatchObject({ name: 'QuotaExceededError' })
    // Nothing is written where nobody would look for it.
    expect(rows).toEqual(before)

    failWhere(() => undefined)
    queue.put(messageOf('new'))
    await expect.poll(queue.isComplete).toBe(true)
    expect(JSON.parse(rows.get('s B 1') ?? '')).toMatchObject([{ cid: 'kept' }, { cid: 'new' }])
    expect(rows.get('s')).toContain('B')
  },
)

it('[OX6] says that nothing is kept where the browser denies its locks, and holds nothing up', async () => {
  const denied = new DOMException('Denied', 'SecurityError')
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(denied) } })
  const { open, failWhere } = faultyStorage()
  failWhere(() => denied)
  const { queue, failures } = open('A')
  queue.put(messageOf('first'))
  await queue.ready
  await expect.poll(() => failures.length).toBe(2)
  expect(queue.isComplete()).toBe(false)
})
