import { expect, it, onTestFinished } from 'vitest'
import { exportAll, operatorAuth } from '../../../tests/support/erasing.ts'
import { becomeKnown, callTo, goAway, openPhones, ring } from '../../../tests/support/phones.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'
import { testWorkspaces } from '../../testing/start-server.ts'
import { newCall } from '../../testing/store-cases/making.ts'

async function historyOf(socket: TestSocket): Promise<string[]> {
  const { calls } = await socket.request('get_calls', {})
  return calls.map(({ caller, callees, state, reason }) => `${caller} ${callees.join()} ${state} ${reason}`)
}

/** What somebody who comes back has missed of a caller. */
async function missedOf(chat: TestChat, name: string, from: string): Promise<string[]> {
  const back = await chat.connect(name)
  const { calls } = await back.request('get_calls', { missed: true })
  back.socket.disconnect()
  return calls.filter(({ caller }) => caller === from).map(({ _id }) => _id)
}

it('[CA26] keeps a call to somebody who is connected nowhere as missed, for both, once for a cid', async () => {
  const { chat, ann, bob, eve } = await openPhones('ann', 'bob', 'eve')
  await goAway(bob, 'bob', eve)
  const call = callTo('bob')
  for (const _try of [1, 2]) expect(await ann.refusal('callUser', call)).toBe('not_found')
  expect(await historyOf(ann)).toEqual(['ann bob ended missed'])
  const [mine] = (await ann.request('get_calls', {})).calls
  expect(mine).toMatchObject({ is_missed: false, answered_by: null, answered_at: null, media: 'video' })
  expect(mine?.ended_at).toBe(mine?.created_at)

  const back = await chat.connect('bob')
  const { calls } = await back.request('get_calls', { missed: true })
  expect(calls.filter(({ caller }) => caller === 'ann')).toEqual([{ ...mine, is_missed: true }])
  // The same request again is answered as before; another one rings.
  expect(await ann.refusal('callUser', call)).toBe('not_found')
  expect(await ann.refusal('callUser', { ...call, userToCall: 'eve' })).toBe('conflict')
  await ring(ann, 'bob')
  await back.untilHeard('callUser')
})

it('[CA26] answers a caller who talks, or rings as many as they may, as before', async () => {
  const { chat, ann, bob, eve } = await openPhones('ann', 'bob', 'eve')
  await goAway(bob, 'bob', eve)
  const callId = await ring(ann, 'eve')
  await eve.request('answerCall', { callId, signal: 'x' })
  expect(await ann.refusal('callUser', callTo('bob'))).toBe('not_found')
  await ann.request('endCall', { callId })
  for (const name of ['one', 'two', 'three']) {
    await chat.connect(name)
    await ring(ann, name)
  }
  expect(await ann.refusal('callUser', callTo('bob'))).toBe('not_found')
  expect(await missedOf(chat, 'bob', 'ann')).toHaveLength(2)
})

it('[CA26] leaves nothing with strangers, nobodies, rooms and V2 pages', async () => {
  const chat = await openChat(onTestFinished, {
    workspaces: testWorkspaces.map((one) => ({ ...one, customersMeet: 'acquaintances' as const })),
  })
  const [ann, bob, mia] = [
    await chat.connect('ann'),
    await chat.connect('bob'),
    await chat.connect('mia', { role: 'agent' }),
  ]
  await goAway(bob, 'bob', mia)
  for (const userToCall of ['bob', 'nobody', 'lobby'])
    expect(await ann.refusal('callUser', callTo(userToCall))).toBe('not_found')
  expect(await mia.refusal('callUser', callTo('nobody'))).toBe('not_found')
  const page = await chat.connectV2()
  page.emit('callUser', { userToCall: 'bob', signalData: 'x', from: page.id, name: 'Page' })
  expect(await page.heard(1)).toMatchObject([['error_response', { operation: 'callUser' }]])
  expect(await historyOf(ann)).toEqual([])
  expect(await missedOf(chat, 'bob', 'ann')).toEqual([])
  expect((await historyOf(mia)).filter((one) => one.includes('nobody'))).toEqual([])

  const members = ['ann', 'bob']
  await mia.request('create_room', { kind: 'members', members, cid: callTo('').cid })
  expect(await ann.refusal('callUser', callTo('bob'))).toBe('not_found')
  expect(await missedOf(chat, 'bob', 'ann')).toHaveLength(1)
})

it('[CA26, US5] shows a caller who is blocked what they see of anybody who is away, and the other one nothing', async () => {
  const { chat, ann, bob, eve } = await openPhones('ann', 'bob', 'eve')
  await bob.request('block_user', { user_id: 'ann' })
  await becomeKnown('bob', eve)
  // Connected or not.
  expect(await ann.refusal('callUser', callTo('bob'))).toBe('not_found')
  await goAway(bob, 'bob', eve)
  expect(await ann.refusal('callUser', callTo('bob'))).toBe('not_found')
  expect(await historyOf(ann)).toEqual(['ann bob ended missed', 'ann bob ended missed'])
  expect(await missedOf(chat, 'bob', 'ann')).toEqual([])
  const back = await chat.connect('bob')
  expect((await historyOf(back)).filter((one) => one.startsWith('ann'))).toEqual([])
})

it('[CA26, PD1] says in no export who has blocked a caller', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const unreached = { user_id: 'ben', is_blocked: true }
  await store.calls.create(newCall({ workspace_id: 'demo', callee_devices: [], unreached }))
  const keyPepper = 'a pepper of the tests'
  const auth = await operatorAuth(store, keyPepper, ['export'])
  const chat = await openChat(onTestFinished, { store, keyPepper })
  const operator = await chat.connect('root', auth)
  for (const user_id of ['ann', 'ben']) {
    const rows = JSON.stringify(await exportAll(operator, user_id))
    expect(rows).toContain('"callees":["ben"]')
    expect(rows).not.toContain('is_blocked')
  }
})
