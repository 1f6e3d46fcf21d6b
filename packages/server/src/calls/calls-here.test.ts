import { expect, it } from 'vitest'
import { gate } from '../../tests/support/gate.ts'
import { type Address, devicesOf } from '../delivery/audience.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { CallStore } from '../stores/store.ts'
import { benPhone, benTablet, newCall, rowOf } from '../testing/store-cases/making.ts'
import { CallsHere } from './calls-here.ts'

const phones = devicesOf('acme', [benPhone, benTablet])

/** The calls that ring on two devices of a server, what these are told, and how the calls are read, which a test may change. */
async function opened() {
  const { calls } = await embeddedStore({ path: ':memory:' })
  const read: { get: CallStore['get'] } = { get: calls.get }
  const told: unknown[] = []
  let miss = (): void => {}
  const here = new CallsHere({
    calls: { get: (...asked) => read.get(...asked) },
    nodes: { isShared: true, onMissed: (listener) => (miss = listener) },
    sockets: {
      hasDevice: () => true,
      push: ({ addresses }, _fact, data) => {
        if (addresses.length > 0) told.push([data, addresses.map(deviceIn)])
      },
    },
  })
  return {
    calls,
    read,
    told,
    here,
    async ring(name = 'ann') {
      const caller = { user_id: name, device_id: name }
      const { _id } = rowOf(await calls.create(newCall({ caller })))
      here.add(_id, phones)
      return { callId: _id, cancel: () => calls.transition('acme', _id, { type: 'end', device: caller }) }
    },
    /** Looks after something may have been missed. */
    async look() {
      miss()
      await here.run()
    },
  }
}

function deviceIn(address: Address): unknown {
  return address.kind === 'device' ? address.device_id : address
}

const cancelled = (callId: string) => [{ callId, reason: 'cancelled' }, ['ben-phone', 'ben-tablet']]

it('[NO12] leaves a device alone that rings anew while it is read how its call is', async () => {
  const { calls, read, told, here, ring, look } = await opened()
  const { callId, cancel } = await ring()
  await calls.transition('acme', callId, { type: 'lose', device: benPhone })
  const [asked, goesOn] = [gate(), gate()]
  read.get = async (...one) => {
    const found = await calls.get(...one)
    asked.open()
    await goesOn.opened
    return found
  }
  const looking = look()
  await asked.opened
  await calls.transition('acme', callId, { type: 'ring', device: benPhone })
  here.add(callId, devicesOf('acme', [benPhone]))
  goesOn.open()
  await looking
  expect(told).toEqual([])
  await cancel()
  await look()
  expect(told).toEqual([cancelled(callId)])
})

it('[NO12] says nothing of an end that is heard while it is read how the call is', async () => {
  const { calls, read, told, here, ring, look } = await opened()
  const { callId, cancel } = await ring()
  await cancel()
  read.get = async (...one) => {
    const found = await calls.get(...one)
    here.told(phones, 'callEnded', { callId, reason: 'cancelled' })
    return found
  }
  await look()
  expect(told).toEqual([])
})

it('[NO12] says what it can read, and reads the rest again', async () => {
  const { calls, read, told, here, ring, look } = await opened()
  const [bad, good] = [await ring('ann'), await ring('zoe')]
  for (const { cancel } of [bad, good]) await cancel()
  const asked: string[] = []
  let isBroken = true
  read.get = async (workspaceId, callId) => {
    asked.push(callId)
    if (isBroken && callId === bad.callId) throw new Error('cannot be read')
    return calls.get(workspaceId, callId)
  }
  await expect(look()).rejects.toThrow('cannot be read')
  expect(told).toEqual([cancelled(good.callId)])
  isBroken = false
  await here.run()
  expect(told).toEqual([cancelled(good.callId), cancelled(bad.callId)])
  await here.run()
  expect(asked).toEqual([bad.callId, good.callId, bad.callId])
})

it('[NO12] leaves a store alone that does not answer, until the next look', async () => {
  const { calls, read, told, here, ring, look } = await opened()
  const rung = []
  for (let n = 0; n < 120; n++) rung.push(await ring(`ann-${n}`))
  for (const { cancel } of rung) await cancel()
  let asked = 0
  read.get = async () => {
    asked += 1
    throw new Error('the store is down')
  }
  await expect(look()).rejects.toThrow('the store is down')
  expect(asked).toBeLessThan(120)
  read.get = calls.get
  await here.run()
  expect(told).toHaveLength(120)
})
