import type { CallDevice } from '@dowellchat/protocol'
import type { CallCreation, NewCall, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { annPhone, answerBy, benPhone, callOf, newCall, range, rowOf, zoePhone } from './making.ts'
import { oneStore, type StoreCase, threeStores } from './store-case.ts'

const annTablet: CallDevice = { user_id: 'ann', device_id: 'ann-tablet' }
const full = { conflict: 'limit' }
const youTalk = { refused: 'conflict', why: 'You are in another call: end it first' }
const callerTalks = { refused: 'conflict', why: 'The caller is in another call' }

/** One device rings another. */
function between(caller: CallDevice, callee: CallDevice, change: Partial<NewCall> = {}): NewCall {
  return newCall({ caller, from: caller.user_id, callee_devices: [callee], ...change })
}

async function ring({ calls }: Store, caller: CallDevice, callee: CallDevice): Promise<string> {
  return rowOf(await calls.create(between(caller, callee)))._id
}

/** Throws unless of two calls that cross one is made, and the other is told of it. */
function expectCrossed(creations: readonly CallCreation[]): void {
  const made = creations.flatMap((one) => (one && 'row' in one && one.created ? one.row : []))
  const crossed = creations.flatMap((one) => (one && 'crossed' in one ? one.crossed : []))
  expectSame([made.length, crossed.length], [1, 1], 'Of two calls that cross one is made')
  expectSame(crossed, made, 'Whoever crosses a call is told of it')
}

export const callClaimCases: readonly StoreCase[] = [
  oneStore('[S11] makes one call of two users who ring each other', async (store) => {
    const first = await store.calls.create(newCall())
    const request = between(benPhone, annTablet)
    expectCrossed([first, await store.calls.create(request)])
    expectSame(await store.calls.listOpen('acme', annTablet), [], 'What crosses a call is not made')
    const { _id } = rowOf(first)
    await store.calls.transition('acme', _id, { type: 'end', device: annPhone })
    const later = rowOf(await store.calls.create(request))
    expectSame(later._id === _id, false, 'What crosses no call any more is made')
  }),

  oneStore('[S11] makes one call of two users who ring each other at once', async (store) => {
    for (const n of range(1, 5)) {
      const [ann, ben] = [`ann ${n}`, `ben ${n}`].map((user_id) => ({ user_id, device_id: 'phone' })) as [
        CallDevice,
        CallDevice,
      ]
      const both = [between(ann, ben), between(ben, ann)].map((call) => store.calls.create(call))
      expectCrossed(await Promise.all(both))
    }
  }),

  threeStores('[S11] lets one call between two users ring, whichever connections ask', async (stores) => {
    const [first, second] = stores as [Store, Store]
    for (const n of range(1, 5)) {
      const [ann, ben] = [`ann ${n}`, `ben ${n}`].map((user_id) => ({ user_id, device_id: 'phone' })) as [
        CallDevice,
        CallDevice,
      ]
      expectCrossed(
        await Promise.all([first.calls.create(between(ann, ben)), second.calls.create(between(ben, ann))]),
      )
      const again = await Promise.all(stores.map((store) => store.calls.create(between(ben, zoePhone))))
      const outcomes = again.map((one) =>
        one && 'row' in one ? 'made' : one && 'conflict' in one && one.conflict,
      )
      expectSame(outcomes.toSorted(), ['limit', 'limit', 'made'], 'Of several calls to one user one rings')
    }
  }),

  oneStore('[S11] lets one call between two users ring, whoever rings', async (store) => {
    const _id = await ring(store, annPhone, benPhone)
    for (const caller of [annPhone, annTablet]) {
      const another = await store.calls.create(between(caller, benPhone))
      expectSame(another, full, 'A user is not rung twice by another one')
    }
    rowOf(await store.calls.create(between(annPhone, benPhone, { workspace_id: 'other' })))
    await ring(store, zoePhone, benPhone)
    const room = newCall({ caller: benPhone, callee_devices: [zoePhone, annPhone] })
    expectTrue(
      'crossed' in ((await store.calls.create(room)) ?? {}),
      'Who is rung by one of those whom they would ring crosses that call',
    )
    await store.calls.transition('acme', _id, { type: 'reject', device: benPhone, reason: 'declined' })
    await ring(store, annPhone, benPhone)
  }),

  oneStore('[S11] lets nobody talk in two calls, whoever answers first', async (store) => {
    const { calls } = store
    const both = [await ring(store, annPhone, benPhone), await ring(store, zoePhone, benPhone)]
    const changes = await Promise.all(both.map((id) => calls.transition('acme', id, answerBy(benPhone))))
    const winner = changes.findIndex((change) => 'call' in change)
    expectTrue(winner >= 0, 'One of two answers at once wins', changes)
    expectSame(changes[1 - winner], youTalk, 'Who talks answers no other call')
    const [won = '', lost = ''] = [both[winner], both[1 - winner]]
    const again = await calls.transition('acme', won, answerBy(benPhone))
    expectTrue('changed' in again && !again.changed, 'The same answer again changes nothing', again)
    expectSame((await calls.get('acme', lost))?.state, 'ringing', 'The other call rings on')
    await calls.transition('acme', won, { type: 'end', device: benPhone })
    const later = callOf(await calls.transition('acme', lost, answerBy(benPhone)))
    expectSame(later.state, 'connecting', 'Who talks no more answers the next')
  }),

  threeStores('[S11] lets nobody talk in two calls, whichever connections they answer', async (stores) => {
    const [store] = stores as [Store]
    for (const n of range(1, 5)) {
      const ben = { user_id: `ben ${n}`, device_id: 'phone' }
      const callers = range(1, 3).map((m) => ({ user_id: `caller ${n} ${m}`, device_id: 'phone' }))
      const rung = await Promise.all(callers.map((caller) => ring(store, caller, ben)))
      const answers = await Promise.all(
        stores.map(({ calls }, at) => calls.transition('acme', rung[at] ?? '', answerBy(ben))),
      )
      const outcomes = answers.map((one) => ('refused' in one ? one.why : 'answered'))
      expectSame(outcomes.toSorted(), [youTalk.why, youTalk.why, 'answered'], 'One of several answers wins')
    }
  }),

  oneStore('[S11] lets nobody ring who talks, nor answers a caller who does', async (store) => {
    const { calls } = store
    const waits = await ring(store, annPhone, zoePhone)
    const talks = await ring(store, annTablet, benPhone)
    callOf(await calls.transition('acme', talks, answerBy(benPhone)))
    const refused = [
      await calls.create(between(annPhone, { user_id: 'eve', device_id: 'eve-phone' })),
      await calls.create(between(benPhone, zoePhone)),
    ]
    const talking = { conflict: 'talking' }
    expectSame(refused, [talking, talking], 'Neither of two who talk rings anybody')
    rowOf(await calls.create(between(zoePhone, benPhone)))
    const answer = await calls.transition('acme', waits, answerBy(zoePhone))
    expectSame(answer, callerTalks, 'A caller who talks is not answered')
    callOf(await calls.transition('acme', talks, { type: 'end', device: benPhone }))
    callOf(await calls.transition('acme', waits, answerBy(zoePhone)))
  }),

  oneStore('[S11] lets a user ring another device of their own', async (store) => {
    const { calls } = store
    const call = rowOf(await calls.create(between(annPhone, annTablet)))
    expectSame(call.callees, ['ann'], 'Who rings themselves is called by themselves')
    const answered = callOf(await calls.transition('acme', call._id, answerBy(annTablet)))
    expectSame(answered.state, 'connecting', 'It is answered as any other')
  }),
]
