import type { CallDevice } from '@dowellchat/protocol'
import { type NewCall, type Store, seqsOfOwner } from '../../stores/store.ts'
import { callClaimCases } from './call-claims.ts'
import { callHistoryCases } from './call-history.ts'
import { expectSame, expectTrue } from './checks.ts'
import { annPhone, answerBy, benPhone, benTablet, callOf, ids, newCall, rowOf, zoePhone } from './making.ts'
import { oneStore, reopened, type StoreCase } from './store-case.ts'

const missing = { refused: 'not_found', why: 'There is no such call' }

/** Zoe rings ann's phone and ben's tablet. */
function newCallOfZoe(change: Partial<NewCall> = {}): NewCall {
  return newCall({ caller: zoePhone, from: 'zoe', callee_devices: [annPhone, benTablet], ...change })
}

/** A call between ann's phone and ben's phone. */
async function answered({ calls }: Store): Promise<string> {
  const { _id } = rowOf(await calls.create(newCall()))
  callOf(await calls.transition('acme', _id, answerBy(benPhone)))
  return _id
}

const ownCases: readonly StoreCase[] = [
  oneStore('[S11] lets one of two answers at once win', async (store) => {
    const call = rowOf(await store.calls.create(newCall()))
    const devices = [benPhone, benTablet]
    const answering = devices.map((device) => store.calls.transition('acme', call._id, answerBy(device)))
    const changes = await Promise.all(answering)
    const winner = changes.findIndex((change) => 'call' in change)
    const won = changes[winner]
    const lost = changes[1 - winner]
    expectTrue(won !== undefined && lost !== undefined, 'Of two answers one wins', changes)
    const talking = callOf(won)
    const { state, answered_by, seq, ended_at } = talking
    const expected = ['connecting', devices[winner], 1, null]
    expectSame([state, answered_by, seq, ended_at], expected, 'An answer connects the call with its device')
    expectTrue(talking.answered_at !== null, 'An answered call tells when it was answered', talking)
    expectSame(
      won,
      { changed: true, before: call, call: talking },
      'A change tells the call before and after',
    )
    expectTrue('refused' in lost && lost.refused === 'conflict', 'The other answer is a conflict', lost)
    const again = await store.calls.transition('acme', call._id, answerBy(devices[winner] ?? benPhone))
    expectSame(again, { changed: false, before: talking, call: talking }, 'Answering again changes nothing')
  }),

  oneStore('[S11] ends a call once, and keeps how it ended', async (store) => {
    const { _id } = rowOf(await store.calls.create(newCall()))
    await store.calls.transition('acme', _id, answerBy(benTablet))
    const ended = callOf(await store.calls.transition('acme', _id, { type: 'end', device: annPhone }))
    const how = [ended.state, ended.reason, ended.seq]
    expectSame(how, ['ended', 'hung_up', 1], 'Ending an answered call hangs it up')
    expectTrue(ended.ended_at !== null && ended.answered_at !== null, 'A call keeps its times', ended)
    const again = await store.calls.transition('acme', _id, { type: 'end', device: benTablet })
    expectSame(again, { changed: false, before: ended, call: ended }, 'Ending again changes nothing')
  }),

  oneStore('[S11] answers a call of another workspace, a missing one and a stranger alike', async (store) => {
    const { _id } = rowOf(await store.calls.create(newCall()))
    const stranger = { user_id: 'eve', device_id: 'eve-phone' }
    const answers = [
      await store.calls.transition('other', _id, answerBy(benPhone)),
      await store.calls.transition('acme', 'unknown', answerBy(benPhone)),
      await store.calls.transition('acme', _id, answerBy(stranger)),
    ]
    expectSame(
      answers,
      [missing, missing, missing],
      'Whoever has no part in a call cannot tell that there is one',
    )
    const got = [await store.calls.get('other', _id), await store.calls.get('acme', 'unknown')]
    expectSame(got, [null, null], 'A call is read in its workspace alone')
  }),

  oneStore('[S11] rings on without a device that is busy, and ends with the last one', async (store) => {
    const { _id } = rowOf(await store.calls.create(newCall()))
    const busy = (device: CallDevice) =>
      store.calls.transition('acme', _id, { type: 'reject', device, reason: 'busy' })
    const rings = callOf(await busy(benPhone))
    expectSame([rings.state, rings.callee_devices], ['ringing', [benTablet]], 'It rings where it still does')
    const ended = callOf(await busy(benTablet))
    expectSame([ended.state, ended.reason], ['ended', 'busy'], 'Without a device a call ends')
    expectSame(ended.callees, ['ben'], 'A call keeps whom it rang')
  }),

  oneStore('[S11] waits for a party that is away, and goes on when it is back', async (store) => {
    const _id = await answered(store)
    const step = async (type: 'connect' | 'leave' | 'return', device: CallDevice) => {
      const { state, away } = callOf(await store.calls.transition('acme', _id, { type, device }))
      return [state, away]
    }
    expectSame(await step('connect', benPhone), ['active', []], 'A call is active once media flow')
    expectSame(await step('leave', annPhone), ['reconnecting', [annPhone]], 'It waits for who is away')
    const kept = await store.calls.get('acme', _id)
    expectSame([kept?.state, kept?.away], ['reconnecting', [annPhone]], 'That it waits is kept')
    expectSame(await step('return', annPhone), ['active', []], 'It goes on when everybody is back')
  }),

  oneStore('[S12] lists the open calls of a device, newest first, while they concern it', async (store) => {
    const first = rowOf(await store.calls.create(newCall()))
    const second = rowOf(await store.calls.create(newCallOfZoe()))
    await store.calls.create(newCall({ workspace_id: 'other' }))
    const list = async (device: CallDevice) => ids(await store.calls.listOpen('acme', device))
    const both = [second._id, first._id]
    expectSame(await list(annPhone), both, 'A device is in the calls that it makes and gets, newest first')
    expectSame(await list(benTablet), both, "A callee's device is in the calls that ring it, newest first")
    expectSame(await list({ ...benTablet, user_id: 'eve' }), [], 'A device belongs to its user')

    await store.calls.transition('acme', first._id, answerBy(benPhone))
    expectSame(
      await list(benTablet),
      [second._id],
      'A call that another device answered concerns this one no more',
    )
    expectSame(await list(benPhone), [first._id], 'A call concerns the device that answered it')
    await store.calls.transition('acme', second._id, { type: 'lose', device: benTablet })
    expectSame(await list(benTablet), [], 'A call that a device was lost of does not concern it')
    await store.calls.transition('acme', second._id, { type: 'end', device: zoePhone })
    expectSame(await list(zoePhone), [], 'A call that has ended concerns nobody')
    expectSame(await list(annPhone), [first._id], 'A call that has ended leaves the others')
  }),

  oneStore('[S12] makes no call where no device can ring, but knows an earlier cid', async (store) => {
    const request = newCall()
    const nobody = { ...request, callee_devices: [] }
    expectSame(await store.calls.create(nobody), null, 'Without a device to ring no call is made')
    const { _id } = rowOf(await store.calls.create(request))
    const repeated = rowOf(await store.calls.create(nobody))
    expectSame(
      repeated._id,
      _id,
      'A repeated cid is answered with its call, even if nobody can ring any more',
    )
  }),

  oneStore('[S3] answers a repeated cid with the call as it is now', async (store) => {
    const request = newCall()
    const { _id } = rowOf(await store.calls.create(request))
    const end = { type: 'end', device: benPhone } as const
    const ended = callOf(await store.calls.transition('acme', _id, end))
    const repeated = await store.calls.create(request)
    expectSame(
      repeated,
      { created: false, row: ended },
      'A cid makes a call once, and is answered as the call is now',
    )
    const another = await store.calls.create({ ...request, fingerprint: 'another' })
    expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    const ofZoe = rowOf(await store.calls.create({ ...request, caller: zoePhone }))
    expectSame(ofZoe._id === _id, false, 'A cid belongs to its caller')
  }),

  oneStore('[S13] lists the open calls of an owner in every workspace, in pages', async (store) => {
    const declined = rowOf(await store.calls.create(newCall()))
    await store.calls.transition('acme', declined._id, { type: 'end', device: benPhone })
    const first = rowOf(await store.calls.create(newCall()))
    const elsewhere = rowOf(await store.calls.create(newCall({ workspace_id: 'other' })))
    await store.calls.transition('other', elsewhere._id, answerBy(benPhone))
    const another = rowOf(await store.calls.create(newCallOfZoe({ owner: 'server-2' })))
    const list = async (owner: string, page = { after: '', limit: 10 }) =>
      (await store.calls.listOwned(owner, page)).map(({ workspace_id, call }) => [workspace_id, call._id])
    const both = [
      ['acme', first._id],
      ['other', elsewhere._id],
    ]
    expectSame(
      await list('server-1'),
      both,
      "An owner's open calls of all workspaces are listed, and no other",
    )
    expectSame(await list('server-1', { after: '', limit: 1 }), both.slice(0, 1), 'A page has its limit')
    expectSame(await list('server-1', { after: first._id, limit: 9 }), both.slice(1), 'A page goes on')
    expectSame(await list('server-3'), [], 'Whoever owns no call has none')
    const owners = (await store.calls.owners()).toSorted()
    expectSame(owners, ['server-1', 'server-2'], 'Each owner of an open call is named once')
    await store.calls.transition('acme', another._id, { type: 'end', device: zoePhone })
    expectSame(await store.calls.owners(), ['server-1'], 'Who has no open call any more owns none')
  }),

  oneStore('[S13] lets one of several take a call over, and nobody once it has ended', async (store) => {
    const call = rowOf(await store.calls.create(newCall()))
    const taking = ['server-2', 'server-3'].map((to) =>
      store.calls.takeOver('acme', call._id, 'server-1', to),
    )
    const taken = await Promise.all(taking)
    expectSame(taken.filter(Boolean).length, 1, 'Of several that take a call over one does')
    const owner = taken[0] ? 'server-2' : 'server-3'
    const [now] = await store.calls.listOpen('acme', annPhone)
    const expected = { ...call, owner, seq: call.seq + seqsOfOwner }
    expectSame(now, expected, 'A call that is taken over counts on beyond what its former owner has counted')
    const lose = { type: 'lose', device: annPhone } as const
    const late = await store.calls.transition('acme', call._id, lose, 'server-1')
    expectTrue('refused' in late && late.refused === 'conflict', 'Who owns it no more does not end it', late)
    const ended = callOf(await store.calls.transition('acme', call._id, lose, owner))
    expectSame([ended.state, ended.reason], ['ended', 'lost'], 'Its owner ends it')
    const again = await store.calls.takeOver('acme', call._id, owner, 'server-4')
    expectSame(again, false, 'A call that has ended cannot be taken over')
  }),

  oneStore('[S12] lists the open calls of a user, on whichever device', async (store) => {
    const first = rowOf(await store.calls.create(newCall()))
    const second = rowOf(await store.calls.create(newCallOfZoe()))
    await store.calls.create(newCall({ workspace_id: 'other' }))
    const list = async (user: string) => ids(await store.calls.listOpenOf('acme', user))
    expectSame(await list('ben'), [second._id, first._id], "A user's open calls are listed, newest first")
    expectSame(await list('ann'), [second._id, first._id], 'The caller is in them too')
    expectSame(await list('be'), [], 'A user is not found by the beginning of their id')
    const ring = { type: 'ring', device: { user_id: 'ben', device_id: 'ben-watch' } } as const
    const rung = callOf(await store.calls.transition('acme', second._id, ring))
    expectSame(rung.callee_devices.length, 3, 'Another device of a callee can be added while it rings')
    expectSame(await list('ben'), [second._id, first._id], 'Two devices are one user')
    await store.calls.transition('acme', second._id, { type: 'end', device: zoePhone })
    expectSame(await list('ben'), [first._id], 'A call that has ended is not listed')
  }),

  reopened(
    '[S7] keeps calls over a restart',
    async (store) => {
      const request = newCall()
      const call = rowOf(await store.calls.create(request))
      return { request, active: callOf(await store.calls.transition('acme', call._id, answerBy(benPhone))) }
    },
    async (store, { request, active }) => {
      expectSame(
        await store.calls.listOpen('acme', benPhone),
        [active],
        'After a restart an open call is as it was',
      )
      const repeated = await store.calls.create(request)
      expectSame(
        repeated,
        { created: false, row: active },
        'After a restart a cid that was used is still known',
      )
    },
  ),
]

export const callCases: readonly StoreCase[] = [...ownCases, ...callClaimCases, ...callHistoryCases]
