import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { accepted, answer, ended, openPhones, ring, rings } from '../../../tests/support/phones.ts'
import { inGroups } from '../../../tests/support/sockets.ts'
import { openChat } from '../../testing/connect.ts'

const other = { workspace_id: 'other', api_key: 'other-key' }

describe('who else hears of it', () => {
  it('[CA12] lets nobody but the two parties hear, answer or end a call', async () => {
    const { chat, ann, bob, eve } = await openPhones('ann', 'bob', 'eve')
    const bystanders = [
      eve,
      await chat.connect('ann'),
      await chat.connect('admin', { role: 'admin' }),
      await chat.connect('bob', other),
      await chat.connect('ann', other),
      await chat.connectV2(),
      await chat.connectV2({ workspace_id: 'demo', api_key: 'demo-key', user_id: 'page' }),
    ]
    for (const socket of [ann, bob, ...bystanders]) await socket.ask('join', { room: 'everybody' })
    for (const socket of bystanders) {
      for (const room of ['null', 'undefined', ann.id, bob.id, 'ann', 'bob'])
        await socket.ask('join', { room })
    }
    for (const socket of bystanders) await socket.heard()
    const meddle = async (callId: string): Promise<unknown[]> => {
      const codes: unknown[] = []
      for (const socket of bystanders) {
        for (const event of ['answerCall', 'endCall']) {
          const failed = await socket.ask(event, { callId, signal: answer, to: 'ann' })
          codes.push('error' in failed ? failed.error.code : failed)
        }
      }
      return codes
    }
    const allNotFound = bystanders.flatMap(() => ['not_found', 'not_found'])

    const callId = await ring(ann, 'bob')
    expect(await meddle(callId)).toEqual(allNotFound)
    await bob.request('answerCall', { callId, signal: answer })
    expect(await meddle(callId)).toEqual(allNotFound)
    await bob.request('endCall', { callId })
    expect(await meddle(callId)).toEqual(allNotFound)

    expect(await ann.heard(2)).toEqual([accepted(callId), ended(callId, 'hung_up')])
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
    for (const socket of bystanders) expect(await socket.heard()).toEqual([])
  })

  it('[CA4] lets fifty strangers do nothing to fifty calls, whatever they ask', async () => {
    const chat = await openChat(onTestFinished)
    const calls = await inGroups(50, async (at) => {
      const [ann, bob] = [await chat.connect(`ann-${at}`), await chat.connect(`bob-${at}`)]
      const callId = await ring(ann, `bob-${at}`)
      await bob.request('answerCall', { callId, signal: answer })
      for (const party of [ann, bob]) await party.heard(1)
      return { ann, bob, callId }
    })
    const strangers = await inGroups(50, (at) => chat.connect(`eve-${at}`))
    const codes = await Promise.all(
      strangers.flatMap((eve, at) => {
        const callId = calls[at]?.callId ?? ''
        return [
          eve.refusal('answerCall', { callId, signal: answer }),
          eve.refusal('endCall', { callId }),
          eve.refusal('rejectCall', { callId }),
          eve.refusal('signalCall', { callId, nth: 1, signal: answer }),
          eve.refusal('resumeCall', { callId, seq: 0 }),
          eve.refusal('reportCall', { callId, state: 'connected' }),
        ]
      }),
    )
    expect(new Set(codes)).toEqual(new Set(['not_found']))
    for (const { ann, bob, callId } of calls) {
      for (const party of [ann, bob]) expect(await party.heard()).toEqual([])
      expect(await ann.request('endCall', { callId })).toEqual({ callId, reason: 'hung_up' })
    }
    for (const eve of strangers) expect(await eve.heard()).toEqual([])
  })

  it('[CA4] tells a call of others like one that does not exist', async () => {
    const { ann, eve } = await openPhones('ann', 'eve', 'bob')
    const callId = await ring(ann, 'bob')
    const missing = randomUUID()
    for (const event of ['answerCall', 'endCall']) {
      const [ofOthers, ofNobody] = [
        await eve.ask(event, { callId, signal: answer }),
        await eve.ask(event, { callId: missing, signal: answer }),
      ]
      expect(JSON.stringify(ofOthers).replaceAll(callId, missing)).toBe(JSON.stringify(ofNobody))
    }
  })

  it('[CA7] ends by a disconnect only the calls of that socket', async () => {
    const { chat, ann, bob, carl, dora, eve } = await openPhones('ann', 'bob', 'carl', 'dora', 'eve')
    const annsPhone = await chat.connect('ann')
    const [toBob, toDora] = [await ring(ann, 'bob'), await ring(carl, 'dora')]
    const toEve = await ring(annsPhone, 'eve')
    await bob.request('answerCall', { callId: toBob, signal: answer })
    await dora.request('answerCall', { callId: toDora, signal: answer })
    for (const socket of [bob, carl, dora, eve, annsPhone]) await socket.heard()

    ann.socket.disconnect()

    expect(await bob.heard(1)).toEqual([ended(toBob, 'lost')])
    for (const socket of [carl, dora, eve, annsPhone]) expect(await socket.heard()).toEqual([])
    expect(await carl.request('endCall', { callId: toDora })).toEqual({ callId: toDora, reason: 'hung_up' })
    expect(await eve.request('answerCall', { callId: toEve, signal: answer })).toEqual({ callId: toEve })
  })

  it('[CA7] keeps the calls of a tab whose earlier connection is noticed to be gone', async () => {
    const { chat, bob } = await openPhones('bob')
    const device_id = randomUUID()
    const [earlier, now] = [
      await chat.connect('ann', { device_id }),
      await chat.connect('ann', { device_id }),
    ]
    const callId = await ring(now, 'bob')
    await bob.request('answerCall', { callId, signal: answer })
    await now.heard(1)
    await bob.heard(1)

    earlier.socket.disconnect()
    await earlier.closed()
    // A request through the queue of calls, which waits for the tasks of the disconnect.
    expect(await bob.refusal('endCall', { callId: randomUUID() })).toBe('not_found')

    expect(await bob.heard()).toEqual([])
    expect(await now.request('endCall', { callId })).toEqual({ callId, reason: 'hung_up' })
  })
})
