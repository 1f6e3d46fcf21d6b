import { describe, expect, it } from 'vitest'
import { accepted, answer, ended, openPhones, ring, rings } from '../../../tests/support/phones.ts'

/** `pnpm prove calls` takes more. */
const rounds = process.env.CALL_PROOF ? 800 : 10

describe('how a call goes', () => {
  it('[CA2] is answered once; other devices hear that it was answered elsewhere', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, 'bob')

    expect(await bob.request('answerCall', { callId, signal: answer })).toEqual({ callId })
    expect(await phone.refusal('answerCall', { callId, signal: answer })).toBe('conflict')
    expect(await bob.refusal('answerCall', { callId, signal: 'another' })).toBe('conflict')
    expect(await bob.request('answerCall', { callId, signal: answer })).toEqual({ callId })

    expect(await ann.heard(1)).toEqual([accepted(callId)])
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
    expect(await phone.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'answered_elsewhere')])
  })

  it('[CA2] lets exactly one of many devices win that answer at once', {
    timeout: 120_000 + rounds * 500,
  }, async () => {
    const { chat, ann } = await openPhones('ann')
    const devices = await Promise.all([1, 2, 3, 4, 5].map(() => chat.connect('bob')))
    for (let round = 0; round < rounds; round++) {
      const callId = await ring(ann, 'bob')
      const answers = await Promise.all(
        devices.map((device) => device.ask('answerCall', { callId, signal: answer })),
      )
      expect(answers.filter(({ status }) => status === 'success')).toHaveLength(1)
      expect(await ann.heard(1)).toEqual([accepted(callId)])
      const told = await Promise.all(devices.map((device) => device.heard(1)))
      expect(told.flat().filter(([event]) => event === 'callEnded')).toEqual(
        Array.from({ length: 4 }, () => ended(callId, 'answered_elsewhere')),
      )
      await ann.request('endCall', { callId })
      for (const device of devices) await device.heard()
    }
  })

  it('[CA5] is cancelled by its caller, on every device', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    expect(await ann.request('endCall', { callId })).toEqual({ callId, reason: 'cancelled' })
    for (const device of [bob, phone]) {
      expect(await device.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'cancelled')])
    }
    expect(await ann.heard()).toEqual([])
  })

  it('[CA5] is declined by one device for all of them', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    expect(await bob.request('endCall', { callId })).toEqual({ callId, reason: 'declined' })
    expect(await ann.heard(1)).toEqual([ended(callId, 'declined')])
    expect(await phone.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'declined')])
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
  })

  it.each(['caller', 'callee'] as const)('[CA7] is hung up by the %s', async (who) => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const callId = await ring(ann, 'bob')
    await bob.request('answerCall', { callId, signal: answer })
    const [ending, hearing] = who === 'caller' ? [ann, bob] : [bob, ann]
    await hearing.heard(1)
    await ending.heard(1)

    expect(await ending.request('endCall', { callId })).toEqual({ callId, reason: 'hung_up' })

    expect(await hearing.heard(1)).toEqual([ended(callId, 'hung_up')])
    expect(await ending.heard()).toEqual([])
  })

  it.each(['caller', 'callee'] as const)('[CA7] is lost with the connection of the %s', async (who) => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const callId = await ring(ann, 'bob')
    await bob.request('answerCall', { callId, signal: answer })
    const [leaving, staying] = who === 'caller' ? [ann, bob] : [bob, ann]
    await staying.heard(1)

    leaving.socket.disconnect()

    expect(await staying.heard(1)).toEqual([ended(callId, 'lost')])
  })

  it('[CA6] rings on until the last device of the callee is gone', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const phone = await chat.connect('bob')
    const first = await ring(ann, 'bob')
    bob.socket.disconnect()
    await bob.closed()
    expect(await phone.request('answerCall', { callId: first, signal: answer })).toEqual({ callId: first })
    expect(await ann.heard(1)).toEqual([accepted(first)])
    await ann.request('endCall', { callId: first })

    const second = await ring(ann, 'bob')
    phone.socket.disconnect()
    expect(await ann.heard(1)).toEqual([ended(second, 'lost')])
  })

  it('[CA9] ends once: the reason stays, and nobody hears of it again', async () => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const callId = await ring(ann, 'bob')
    await ann.request('endCall', { callId })
    expect(await bob.request('endCall', { callId })).toEqual({ callId, reason: 'cancelled' })
    expect(await ann.request('endCall', { callId })).toEqual({ callId, reason: 'cancelled' })
    expect(await bob.refusal('answerCall', { callId, signal: answer })).toBe('conflict')
    ann.socket.disconnect()
    await ann.closed()
    expect(await bob.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'cancelled')])
  })

  it('[CA9] hears one end of a call that is ended and dropped at once', async () => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const callId = await ring(ann, 'bob')
    ann.emit('endCall', { callId })
    ann.socket.disconnect()
    expect(await bob.heard(2)).toEqual([
      rings(callId, 'ann'),
      ended(callId, expect.stringMatching(/cancelled|lost/) as string),
    ])
  })
})
