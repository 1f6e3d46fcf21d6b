import type { CallEvent } from '@dowellchat/protocol'
import type { HistoryPage, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { annPhone, answerBy, benPhone, benTablet, callOf, ids, newCall, rowOf, zoePhone } from './making.ts'
import { oneStore, reopened, type StoreCase } from './store-case.ts'

/** Makes a call and ends it; answers its id. */
async function past(
  { calls }: Store,
  end: CallEvent,
  change: Parameters<typeof newCall>[0] = {},
): Promise<string> {
  const { _id } = rowOf(await calls.create(newCall(change)))
  callOf(await calls.transition('acme', _id, end))
  return _id
}

const expire = { type: 'expire' } as const
const decline = { type: 'reject', device: benPhone, reason: 'declined' } as const

async function listed({ calls }: Store, user: string, page: Partial<HistoryPage> = {}): Promise<string[]> {
  return ids(await calls.history('acme', [user], { limit: 9, ...page }))
}

export const callHistoryCases: readonly StoreCase[] = [
  oneStore('[S12] lists whom a call has rung as having missed it where nobody answered', async (store) => {
    const { calls } = store
    const expired = await past(store, expire)
    const declined = await past(store, decline)
    const cancelled = await past(store, { type: 'end', device: annPhone })
    const { _id: talked } = rowOf(await calls.create(newCall()))
    callOf(await calls.transition('acme', talked, answerBy(benPhone)))
    callOf(await calls.transition('acme', talked, { type: 'end', device: annPhone }))
    const room = { caller: zoePhone, callee_devices: [benTablet, annPhone] }
    const { _id: rings } = rowOf(await calls.create(newCall(room)))
    const missed = (user: string) => listed(store, user, { missed: true })
    expectSame(await missed('ben'), [cancelled, expired], 'Who was rung has missed what they did not answer')
    expectSame(await missed('ann'), [], 'A caller misses nothing')
    for (const device of [benTablet, annPhone])
      await calls.transition('acme', rings, { type: 'reject', device, reason: 'busy' })
    expectSame(await missed('ben'), [rings, cancelled, expired], 'Whose device was busy has missed the call')
    expectSame(await missed('ann'), [rings], 'Everybody whom it rang has')
    const all = [rings, talked, cancelled, declined, expired]
    expectSame(await listed(store, 'ben'), all, 'A history has every call, however it ended')
    const [first] = await calls.history('acme', ['ben'], { missed: true, limit: 1, before: cancelled })
    expectSame([first?.state, first?.reason], ['ended', 'missed'], 'A call that expired was missed')
  }),

  oneStore('[S12] lists the calls of a user in pages, newest first', async (store) => {
    const all: string[] = []
    for (const end of [expire, decline, expire, decline, expire]) all.unshift(await past(store, end))
    const [, second, third, fourth] = all
    expectSame(await listed(store, 'ann', { limit: 2 }), all.slice(0, 2), 'A page has its limit')
    const next = await listed(store, 'ann', { limit: 2, before: second as string })
    expectSame(next, [third, fourth], 'A page goes on')
    expectSame(await listed(store, 'ben', { before: all.at(-1) as string }), [], 'Nothing is older')
    const missed = await listed(store, 'ben', { missed: true, limit: 2, before: all[0] as string })
    expectSame(missed, [all[2], all[4]], 'A page of what was missed goes on too')
  }),

  oneStore(
    '[S12] lists of a workspace the calls that a user has made or got, and no other',
    async (store) => {
      const { calls } = store
      const mine = await past(store, expire)
      const theirs = await past(store, expire, { caller: zoePhone })
      rowOf(await calls.create(newCall({ workspace_id: 'other' })))
      const { _id: open } = rowOf(
        await calls.create(newCall({ caller: zoePhone, callee_devices: [annPhone] })),
      )
      expectSame(await listed(store, 'ann'), [open, mine], 'A user has the calls that they made and got')
      expectSame(await listed(store, 'ben'), [theirs, mine], 'So has the other one')
      expectSame(await listed(store, 'zoe'), [open, theirs], 'A call that is open is in it')
      expectSame(await listed(store, 'an'), [], 'A user is not found by the beginning of their id')
      expectSame(await listed(store, 'an', { missed: true }), [], 'Nor is what they have missed')
    },
  ),

  oneStore('[S12] keeps a call that rings nowhere as missed, where somebody is to find it', async (store) => {
    const { calls } = store
    const toNobody = (change: Parameters<typeof newCall>[0] = {}) =>
      newCall({ callee_devices: [], ...change })
    expectSame(
      await calls.create(toNobody()),
      null,
      'Without a device, and somebody to miss it, nothing is made',
    )
    // Whoever talks, or rings as many as they may, is not in the way of a call that does not ring.
    const { _id: rings } = rowOf(await calls.create(newCall({ most_ringing: 1 })))
    callOf(await calls.transition('acme', rings, answerBy(benPhone)))
    const away = { unreached: { user_id: 'zoe', is_blocked: false }, most_ringing: 0 }
    const call = toNobody(away)
    const made = await Promise.all([1, 2, 3].map(() => calls.create(call)))
    const [row] = made.map(rowOf)
    expectTrue(row !== undefined, 'A call that somebody misses is made')
    const created = made.filter((one) => one && 'created' in one && one.created)
    expectSame(created.length, 1, 'However often it is asked for, it is made once')
    const { state, reason, callees, callee_devices, ended_at, created_at } = row
    expectSame([state, reason, callees, callee_devices], ['ended', 'missed', ['zoe'], []], 'It has ended')
    expectSame(ended_at, created_at, 'It ends when it begins')
    expectSame(await calls.create({ ...call, fingerprint: 'x' }), { conflict: 'cid' }, 'Its cid is its own')
    const again = rowOf(await calls.create({ ...call, callee_devices: [zoePhone] }))
    expectSame(again, row, 'A repetition rings nobody, whoever has come meanwhile')
    expectSame(await listed(store, 'zoe', { missed: true }), [row._id], 'Whom it was for has missed it')
    expectSame(await listed(store, 'ann'), [row._id, rings], 'It is in the history of its caller too')
    expectSame(await calls.listOpenOf('acme', 'ann').then(ids), [rings], 'It is not open')

    const blocked = rowOf(await calls.create(toNobody({ unreached: { user_id: 'zoe', is_blocked: true } })))
    expectSame(await listed(store, 'ann', { limit: 1 }), [blocked._id], 'Who is blocked finds it')
    expectSame(await listed(store, 'zoe'), [row._id], 'Who has blocked them does not')
  }),

  oneStore('[S12] lists the calls of all ids of a user as one history', async (store) => {
    const all: string[] = []
    const callers = [annPhone, zoePhone, annPhone, zoePhone, annPhone]
    for (const caller of callers) all.unshift(await past(store, expire, { caller }))
    all.unshift(await past(store, expire, { caller: zoePhone, callee_devices: [annPhone] }))
    const both = (page: Partial<HistoryPage> = {}) =>
      store.calls.history('acme', ['ann', 'zoe'], { limit: 9, ...page }).then(ids)
    expectSame(await both(), all, 'A call of two ids is listed once')
    expectSame(await both({ limit: 2 }), all.slice(0, 2), 'A page has its limit')
    expectSame(await both({ limit: 3, before: all[1] as string }), all.slice(2, 5), 'A page goes on')
    const missed = await store.calls.history('acme', ['ben', 'ann'], { missed: true, limit: 3 })
    expectSame(ids(missed), all.slice(0, 3), 'So does what was missed')
  }),

  reopened(
    '[S7] keeps the history of calls over a restart',
    async (store) => [await past(store, decline), await past(store, expire)] as const,
    async (store, [declined, expired]) => {
      expectSame(await listed(store, 'ann'), [expired, declined], 'After a restart a history is as it was')
      expectSame(await listed(store, 'ben', { missed: true }), [expired], 'And what was missed')
    },
  ),
]
