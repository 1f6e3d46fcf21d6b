import assert from 'node:assert/strict'
import type { CallDevice } from '@dowellchat/protocol'
import type { Call, CallChange } from '../store.ts'
import { newCall, rowOf, type StoreCase } from './making.ts'

const ann: CallDevice = { user_id: 'ann', device_id: 'ann-phone' }
const phone: CallDevice = { user_id: 'ben', device_id: 'ben-phone' }
const tablet: CallDevice = { user_id: 'ben', device_id: 'ben-tablet' }
const missing = { refused: 'not_found', why: 'There is no such call' }

const answer = (device: CallDevice) => ({ type: 'answer', device, fingerprint: device.device_id }) as const

function callOf(change: CallChange): Call {
  assert.ok('call' in change, `expected a call, got ${JSON.stringify(change)}`)
  return change.call
}

export const callCases: readonly StoreCase[] = [
  {
    title: 'lets one of two answers at once win',
    async run(open) {
      const store = await open()
      const call = rowOf(await store.calls.create(newCall()))
      const [first, second, again] = await Promise.all([
        store.calls.transition('acme', call._id, answer(phone)),
        store.calls.transition('acme', call._id, answer(tablet)),
        store.calls.transition('acme', call._id, answer(phone)),
      ])
      const active = callOf(first)
      assert.deepEqual([active.state, active.answered_by, active.seq], ['active', phone, 1])
      assert.ok(active.answered_at !== null && active.ended_at === null)
      assert.deepEqual(first, { changed: true, before: call, call: active })
      assert.ok('refused' in second && second.refused === 'conflict')
      assert.deepEqual(again, { changed: false, before: active, call: active })
      await store.close()
    },
  },
  {
    title: 'ends a call once, and keeps how it ended',
    async run(open) {
      const store = await open()
      const { _id } = rowOf(await store.calls.create(newCall()))
      await store.calls.transition('acme', _id, answer(tablet))
      const ended = callOf(await store.calls.transition('acme', _id, { type: 'end', device: ann }))
      assert.deepEqual([ended.state, ended.reason, ended.seq], ['ended', 'hung_up', 1])
      assert.ok(ended.ended_at !== null && ended.answered_at !== null)
      const again = await store.calls.transition('acme', _id, { type: 'end', device: tablet })
      assert.deepEqual(again, { changed: false, before: ended, call: ended })
      await store.close()
    },
  },
  {
    title: 'answers a call of another workspace, a missing one and a stranger alike',
    async run(open) {
      const store = await open()
      const { _id } = rowOf(await store.calls.create(newCall()))
      const stranger = { user_id: 'eve', device_id: 'eve-phone' }
      assert.deepEqual(await store.calls.transition('other', _id, answer(phone)), missing)
      assert.deepEqual(await store.calls.transition('acme', 'unknown', answer(phone)), missing)
      assert.deepEqual(await store.calls.transition('acme', _id, answer(stranger)), missing)
      await store.close()
    },
  },
  {
    title: 'lists the open calls of a device, newest first, while they concern it',
    async run(open) {
      const store = await open()
      const first = rowOf(await store.calls.create(newCall()))
      const second = rowOf(await store.calls.create(newCall({ callee_devices: [tablet] })))
      await store.calls.create(newCall({ workspace_id: 'other' }))
      const list = async (device: CallDevice) =>
        (await store.calls.listOpen('acme', device)).map(({ _id }) => _id)
      assert.deepEqual(await list(ann), [second._id, first._id])
      assert.deepEqual(await list(tablet), [second._id, first._id])
      assert.deepEqual(await list({ ...tablet, user_id: 'eve' }), [])

      await store.calls.transition('acme', first._id, answer(phone))
      assert.deepEqual(await list(tablet), [second._id])
      assert.deepEqual(await list(phone), [first._id])
      await store.calls.transition('acme', second._id, { type: 'lose', device: tablet })
      assert.deepEqual(await list(tablet), [])
      assert.deepEqual(await list(ann), [first._id])
      await store.close()
    },
  },
  {
    title: 'makes no call where no device can ring, but knows the earlier one of that cid',
    async run(open) {
      const store = await open()
      const request = newCall()
      assert.equal(await store.calls.create({ ...request, callee_devices: [] }), null)
      const { _id } = rowOf(await store.calls.create(request))
      assert.equal(rowOf(await store.calls.create({ ...request, callee_devices: [] }))._id, _id)
      await store.close()
    },
  },
  {
    title: 'answers a repeated cid with the call as it is now',
    async run(open) {
      const store = await open()
      const request = newCall()
      const { _id } = rowOf(await store.calls.create(request))
      await store.calls.transition('acme', _id, { type: 'end', device: phone })
      const repeated = await store.calls.create(request)
      assert.ok(repeated && 'row' in repeated && !repeated.created)
      assert.deepEqual(
        [repeated.row._id, repeated.row.state, repeated.row.reason],
        [_id, 'ended', 'declined'],
      )
      assert.deepEqual(await store.calls.create({ ...request, fingerprint: 'another' }), { conflict: 'cid' })
      await store.close()
    },
  },
  {
    title: 'ends every open call of every workspace as lost, and no other',
    async run(open) {
      const store = await open()
      const declined = rowOf(await store.calls.create(newCall()))
      const end = { type: 'end', device: phone } as const
      const before = callOf(await store.calls.transition('acme', declined._id, end))
      const ringing = rowOf(await store.calls.create(newCall()))
      const elsewhere = rowOf(await store.calls.create(newCall({ workspace_id: 'other' })))
      await store.calls.transition('other', elsewhere._id, answer(phone))
      await store.calls.endAll()
      for (const [workspace, { _id }] of [['acme', ringing] as const, ['other', elsewhere] as const]) {
        const { state, reason, ended_at } = callOf(await store.calls.transition(workspace, _id, end))
        assert.deepEqual([state, reason, ended_at !== null], ['ended', 'lost', true])
        assert.deepEqual(await store.calls.listOpen(workspace, ann), [])
      }
      assert.deepEqual(callOf(await store.calls.transition('acme', declined._id, end)), before)
      await store.close()
    },
  },
]
