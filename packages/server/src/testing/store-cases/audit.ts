import { AuditEntry } from '@dowellchat/protocol'
import type { Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { ids, newAuditEntry, range } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const minute = (n: number) => new Date(Date.parse('2026-01-02T03:00:00.000Z') + n * 60_000).toISOString()

async function listAll(store: Store, workspaceId = 'acme', limit = 50): Promise<AuditEntry[]> {
  const all: AuditEntry[] = []
  for (let more = true; more; ) {
    const before = all.at(-1)?._id
    const page = await store.audit.list(workspaceId, { limit, ...(before !== undefined && { before }) })
    expectTrue(page.entries.length > 0 || !page.more, 'A page that announces more has rows')
    all.push(...page.entries)
    more = page.more
  }
  return all
}

/** Repeats a bounded step until it finds nothing; answers how much it did. */
async function untilDone(step: () => Promise<number>): Promise<number> {
  let sum = 0
  for (let done = await step(); done > 0; done = await step()) sum += done
  return sum
}

export const auditCases: readonly StoreCase[] = [
  oneStore('[S44] adds a row of the audit trail once, and changes none', async (store) => {
    const first = newAuditEntry({ object: 'ticket', user_id: 'ann', key_id: 'key' })
    await store.audit.append('acme', [first])
    const second = newAuditEntry({ at: minute(9) })
    await store.audit.append('acme', [second, { ...first, by: 'somebody else' }, second])
    const kept = await listAll(store)
    expectSame(kept, [second, first], 'A row whose id is there already stays as it is')
    expectSame(
      kept,
      kept.map((one) => AuditEntry.parse(one)),
      'A row is as the protocol has it',
    )
  }),

  oneStore('[S44] lists the newest rows first, page after page, also those of one moment', async (store) => {
    const entries = range(1, 12).map((n) => newAuditEntry({ at: minute(Math.floor(n / 4)) }))
    await store.audit.append('acme', entries)
    const order = ({ at, _id }: AuditEntry) => `${at} ${_id}`
    const sorted = entries.toSorted((a, b) => (order(a) < order(b) ? 1 : -1))
    for (const limit of [1, 5, 50])
      expectSame(ids(await listAll(store, 'acme', limit)), ids(sorted), 'Pages meet every row once')
    const unknown = await store.audit.list('acme', { limit: 3, before: 'unknown' })
    expectSame(unknown, { entries: [], more: false }, 'An unknown row has none before it')
  }),

  oneStore('[S45] counts what is refused again and again in one row', async (store) => {
    const entry = newAuditEntry({ result: 'unauthenticated', count: 3 })
    await store.audit.count('acme', entry)
    await Promise.all(range(1, 4).map(() => store.audit.count('acme', { ...entry, count: 2, at: minute(9) })))
    expectSame(await listAll(store), [{ ...entry, count: 11 }], 'A row is made once, and its count rises')
  }),

  oneStore('[S46] removes the addresses of old rows, and nothing else', async (store) => {
    const old = range(1, 700).map((n) => newAuditEntry({ at: minute(n % 10) }))
    const young = [newAuditEntry({ at: minute(10) }), newAuditEntry({ at: minute(11), address: null })]
    await store.audit.append('acme', [...old, ...young])
    const removed = await untilDone(() => store.audit.forgetAddresses('acme', minute(10)))
    expectSame(removed, 700, 'Every address from before the time is removed, however many there are')
    const all = await listAll(store)
    expectSame(all.length, 702, 'Rows stay')
    const left = all.filter(({ address }) => address !== null)
    expectSame(left, [young[0]], 'Younger addresses stay')
    expectSame(
      all.find(({ _id }) => _id === old[0]?._id),
      { ...old[0], address: null },
      'A row loses its address alone',
    )
  }),

  oneStore("[S47] replaces a user's id wherever the audit trail has it", async (store) => {
    const by = range(1, 600).map(() => newAuditEntry({ by: 'ann', user_id: 'ben' }))
    const about = [newAuditEntry({ by: 'ben', user_id: 'ann' }), newAuditEntry({ by: 'ann', user_id: 'ann' })]
    const others = [newAuditEntry({ by: 'anna', user_id: 'an' })]
    await store.audit.append('acme', [...by, ...about, ...others])
    const replaced = await untilDone(() => store.audit.replaceUser('acme', 'ann', 'hash'))
    expectSame(replaced, 603, 'Every occurrence is replaced, however many there are')
    const all = await listAll(store)
    const found = all.filter((one) => one.by === 'ann' || one.user_id === 'ann')
    expectSame(found, [], 'Nothing has the id any more')
    const hashed = all.filter((one) => one.by === 'hash' || one.user_id === 'hash')
    expectSame(hashed.length, 602, 'The rows are still there, under the replacement')
    const kept = all.find(({ _id }) => _id === others[0]?._id)
    expectSame(kept, others[0], "Other users' ids stay as they are")
  }),

  oneStore('[S21] shows and changes no row of the audit trail of another workspace', async (store) => {
    const entry = newAuditEntry({ by: 'ann' })
    await store.audit.append('acme', [entry])
    await store.audit.count('other', newAuditEntry({ by: 'ann' }))
    expectSame((await listAll(store)).length, 1, 'A count in another workspace adds nothing here')
    await store.audit.forgetAddresses('other', '2099-01-01T00:00:00.000Z')
    await store.audit.replaceUser('other', 'ann', 'hash')
    expectSame(
      await listAll(store),
      [entry],
      'What another workspace removes or replaces changes nothing here',
    )
    expectSame((await listAll(store, 'other')).length, 1, 'list answers the rows of its own workspace')
    const older = await store.audit.list('other', { limit: 50, before: entry._id })
    expectSame(older.entries, [], "Another workspace's row is no place to go on from")
  }),

  reopened(
    '[S7] keeps the audit trail over a restart',
    async (store) => {
      await store.audit.append('acme', [newAuditEntry(), newAuditEntry({ address: null })])
      return listAll(store)
    },
    async (store, kept) => {
      expectSame(await listAll(store), kept, 'After a restart the audit trail is what it was')
    },
  ),

  threeStores('[S45] counts what is refused through several connections in one row', async (stores) => {
    const entry = newAuditEntry({ result: 'unauthenticated' })
    for (const _ of range(1, 5)) await Promise.all(stores.map((store) => store.audit.count('acme', entry)))
    for (const store of stores)
      expectSame(await listAll(store), [{ ...entry, count: 15 }], 'Nothing is counted twice or lost')
  }),
]
