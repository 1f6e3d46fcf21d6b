import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { comeBack, drop, heardAfterHello } from '../../../tests/support/drop.ts'
import { answer, callTo, ended, offer, openPhones, ring, rings } from '../../../tests/support/phones.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { CallStore } from '../../stores/store.ts'
import { openChat, type TestSocket } from '../../testing/connect.ts'

/** `pnpm prove calls` takes more. */
const pairs = process.env.CALL_PROOF ? 300 : 5

const candidate = (n: number) => ({ type: 'candidate', candidate: { candidate: `candidate:${n}` } })

/** Two in a call that was answered, who have heard all of it. */
async function openCall() {
  const phones = await openPhones('ann', 'bob', 'eve')
  const callId = await ring(phones.ann, 'bob')
  await phones.bob.request('answerCall', { callId, signal: answer })
  for (const one of [phones.ann, phones.bob]) await one.heard(1)
  return { ...phones, callId }
}

const signal = (socket: TestSocket, callId: string, nth: number, of = candidate(nth)) =>
  socket.request('signalCall', { callId, nth, signal: of })

describe('signals after offer and answer', () => {
  it('[CA21] reach the other party in their order, in both directions, and nobody else', async () => {
    const { ann, bob, eve, callId } = await openCall()
    for (const nth of [1, 2]) ann.emit('signalCall', { callId, nth, signal: candidate(nth) })
    expect(await bob.heard(2)).toEqual([
      ['callSignal', { callId, seq: 2, signal: candidate(1), kind: 'signal', from: 'ann' }],
      ['callSignal', { callId, seq: 3, signal: candidate(2), kind: 'signal', from: 'ann' }],
    ])
    expect(await signal(bob, callId, 1)).toEqual({ callId, seq: 4 })
    expect(await ann.heard(1)).toEqual([
      ['callSignal', { callId, seq: 4, signal: candidate(1), kind: 'signal' }],
    ])
    expect(await eve.heard()).toEqual([])
  })

  it('[CA21] are sent once, however often they are asked for', async () => {
    const { ann, bob, callId } = await openCall()
    for (const nth of [1, 1, 2, 1, 2]) await signal(ann, callId, nth)
    expect((await bob.heard(2)).map(([, push]) => (push as { seq: number }).seq)).toEqual([2, 3])
    expect(await bob.heard()).toEqual([])
  })

  it('[CA21] of a caller wait for the answer, at most 32', async () => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const callId = await ring(ann, 'bob')
    await bob.heard(1)
    for (let nth = 1; nth <= 32; nth++) expect(await signal(ann, callId, nth)).toEqual({ callId, seq: 0 })
    expect(await ann.refusal('signalCall', { callId, nth: 33, signal: candidate(33) })).toBe('limit_reached')
    expect(await bob.heard()).toEqual([])
    await bob.request('answerCall', { callId, signal: answer })
    const heard = (await bob.heard(32)).map(([, push]) => push as { seq: number; signal: unknown })
    expect(heard.map(({ seq }) => seq)).toEqual(Array.from({ length: 32 }, (_, at) => at + 2))
    expect(heard.at(-1)?.signal).toEqual(candidate(32))
  })

  it('[CA21] of a caller reach the callee who answers while they are being sent, before later ones', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    let [isRead, goOn] = [() => {}, () => {}]
    const isHeld = new Promise<void>((resolve) => (isRead = resolve))
    const gate = new Promise<void>((resolve) => (goOn = resolve))
    const get: CallStore['get'] = async (...call) => {
      const read = await store.calls.get(...call)
      isRead()
      await gate
      return read
    }
    const chat = await openChat(onTestFinished, { store: { ...store, calls: { ...store.calls, get } } })
    const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
    const callId = await ring(ann, 'bob')
    await bob.heard(1)
    const [first, second] = [signal(ann, callId, 1), signal(ann, callId, 2)]
    await isHeld
    await bob.request('answerCall', { callId, signal: answer })
    goOn()
    expect([await first, await second]).toEqual([
      { callId, seq: 2 },
      { callId, seq: 3 },
    ])
    expect((await bob.heard(2)).map(([, push]) => (push as { signal: unknown }).signal)).toEqual([
      candidate(1),
      candidate(2),
    ])
  })

  it('[CA21, H81] are refused before the answer, after the end, and of those who have no part in it', async () => {
    const { chat, ann, bob, eve } = await openPhones('ann', 'bob', 'eve')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    const refusal = (socket: TestSocket) =>
      socket.refusal('signalCall', { callId, nth: 1, signal: candidate(1) })
    expect([await refusal(bob), await refusal(eve)]).toEqual(['conflict', 'not_found'])
    await bob.request('answerCall', { callId, signal: answer })
    expect([await refusal(phone), await refusal(eve)]).toEqual(['conflict', 'not_found'])
    await ann.request('endCall', { callId })
    expect([await refusal(ann), await refusal(bob)]).toEqual(['conflict', 'conflict'])
    expect(await ann.refusal('signalCall', { callId: 'unknown', nth: 1, signal: offer })).toBe('not_found')
    expect((await ann.heard(1)).filter(([, push]) => (push as { kind?: string }).kind === 'signal')).toEqual(
      [],
    )
  })

  it('[CA22] that a party has missed are answered when it is back, in order, each once', async () => {
    const chat = await openChat(onTestFinished)
    const device_id = randomUUID()
    const [ann, bob] = [await chat.connect('ann', { device_id }), await chat.connect('bob')]
    const callId = await ring(ann, 'bob')
    await bob.request('answerCall', { callId, signal: answer })
    await signal(bob, callId, 1)
    await ann.heard(2)
    await drop(ann)
    for (const nth of [2, 3]) await signal(bob, callId, nth)
    const back = await comeBack(chat, 'ann', device_id)
    await heardAfterHello(back, 1)
    expect(await back.request('resumeCall', { callId, seq: 2 })).toEqual({
      callId,
      state: 'connecting',
      signals: [3, 4].map((seq) => ({ seq, signal: candidate(seq - 1), kind: 'signal' })),
      complete: true,
    })
    await signal(bob, callId, 4)
    expect(await back.heard(1)).toEqual([
      ['callSignal', { callId, seq: 5, signal: candidate(4), kind: 'signal' }],
    ])
  })

  it('[CA22] are kept up to a limit, which is said', async () => {
    const { ann, bob, callId } = await openCall()
    for (let nth = 1; nth <= 70; nth++) await signal(bob, callId, nth)
    const resumed = await ann.request('resumeCall', { callId, seq: 1 })
    expect(resumed).toMatchObject({ complete: false })
    expect(resumed.signals).toHaveLength(64)
    expect(resumed.signals.at(-1)).toMatchObject({ seq: 71 })
  })

  it('[CA22] are answered to a party alone', async () => {
    const { ann, eve, callId } = await openCall()
    expect(await eve.refusal('resumeCall', { callId, seq: 0 })).toBe('not_found')
    await ann.request('endCall', { callId })
    expect(await ann.refusal('resumeCall', { callId, seq: 0 })).toBe('conflict')
  })
})

describe('how a call goes on', () => {
  it('[CA16] is active once a party says that sound and picture flow', async () => {
    const { ann, bob, eve, callId } = await openCall()
    const report = { callId, state: 'connected' } as const
    expect(await bob.request('reportCall', report)).toEqual({ callId, state: 'active' })
    expect(await ann.request('reportCall', report)).toEqual({ callId, state: 'active' })
    expect(await eve.refusal('reportCall', report)).toBe('not_found')
  })

  it('[CA16] fails for both where a party says so', async () => {
    const { ann, bob, callId } = await openCall()
    expect(await ann.request('endCall', { callId, reason: 'failed' })).toEqual({ callId, reason: 'failed' })
    expect(await bob.heard(1)).toEqual([ended(callId, 'failed')])
  })

  it('[CA18] is one of two who call each other, every time', { timeout: 120_000 + pairs * 500 }, async () => {
    const chat = await openChat(onTestFinished)
    for (let pair = 0; pair < pairs; pair++) {
      const names = [`ann-${pair}`, `bob-${pair}`] as const
      const [ann, bob] = [await chat.connect(names[0]), await chat.connect(names[1])]
      const [first, second] = await Promise.all([
        ann.request('callUser', callTo(names[1])),
        bob.request('callUser', callTo(names[0])),
      ])
      expect(first.callId).toBe(second.callId)
      expect([first.crossed, second.crossed].filter(Boolean)).toHaveLength(1)
      const [caller, callee] = second.crossed ? [ann, bob] : [bob, ann]
      expect(await callee.heard(1)).toEqual([rings(first.callId, second.crossed ? names[0] : names[1])])
      await callee.request('answerCall', { callId: first.callId, signal: answer })
      expect((await caller.heard(1)).map(([event]) => event)).toEqual(['callSignal'])
      for (const { socket } of [ann, bob]) socket.disconnect()
    }
  })

  it('[CA19] is the only one of its parties', async () => {
    const { chat, ann, bob, eve, callId } = await openCall()
    const annsPhone = await chat.connect('ann')
    expect(await annsPhone.refusal('callUser', callTo('eve'))).toBe('conflict')
    const second = await ring(eve, 'bob')
    expect(await bob.heard(1)).toEqual([rings(second, 'eve')])
    expect(await bob.refusal('answerCall', { callId: second, signal: answer })).toBe('conflict')
    await bob.request('endCall', { callId })
    expect(await bob.request('answerCall', { callId: second, signal: answer })).toEqual({ callId: second })
    expect(await ann.heard(1)).toEqual([ended(callId, 'hung_up')])
  })

  it('[CA20] rings on where one device is busy, and ends as busy with the last', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    const busy = { callId, reason: 'busy' } as const
    expect(await bob.request('rejectCall', busy)).toEqual({ callId, reason: null })
    expect(await ann.heard()).toEqual([])
    expect(await phone.request('rejectCall', busy)).toEqual({ callId, reason: 'busy' })
    expect(await ann.heard(1)).toEqual([ended(callId, 'busy')])
  })

  it('[CA5] is declined for all devices', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    expect(await bob.request('rejectCall', { callId })).toEqual({ callId, reason: 'declined' })
    expect(await ann.heard(1)).toEqual([ended(callId, 'declined')])
    expect(await phone.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'declined')])
    expect(await ann.refusal('rejectCall', { callId })).toBe('conflict')
  })

  it('[CA20] is busy by itself at a V2 page that talks', async () => {
    const chat = await openChat(onTestFinished)
    const [page, ann, bob] = [await chat.connectV2(), await chat.connect('ann'), await chat.connect('bob')]
    const talk = await ring(ann, page.id)
    await page.heard(1)
    page.emit('answerCall', { signal: answer, to: 'ann' })
    await ann.heard(1)
    const callId = await ring(bob, page.id)
    expect(await bob.heard(1)).toEqual([ended(callId, 'busy')])
    expect(await page.heard()).toEqual([])
    await ann.request('endCall', { callId: talk })
  })
})

describe('the history of calls', () => {
  it('[CA23] has the calls of a user, newest first, with how they ended', async () => {
    const { ann, bob, eve } = await openPhones('ann', 'bob', 'eve')
    const declined = await ring(ann, 'bob')
    await bob.request('rejectCall', { callId: declined })
    const cancelled = await ring(ann, 'bob')
    await ann.request('endCall', { callId: cancelled })
    const talked = await ring(bob, 'ann')
    await ann.request('answerCall', { callId: talked, signal: answer })
    await bob.request('endCall', { callId: talked })

    const { calls, more } = await bob.request('get_calls', {})
    expect(more).toBe(false)
    const shown = calls.map(({ _id, caller, reason, is_missed }) => [_id, caller, reason, is_missed])
    expect(shown).toEqual([
      [talked, 'bob', 'hung_up', false],
      [cancelled, 'ann', 'cancelled', true],
      [declined, 'ann', 'declined', false],
    ])
    expect(calls[0]).toMatchObject({ callees: ['ann'], answered_by: 'ann', media: 'video', state: 'ended' })
    const missed = await bob.request('get_calls', { missed: true })
    expect(missed.calls.map(({ _id }) => _id)).toEqual([cancelled])
    expect((await ann.request('get_calls', { missed: true })).calls).toEqual([])
    expect((await eve.request('get_calls', {})).calls).toEqual([])
  })

  it('[CA23] has what the same connection has asked for just before', async () => {
    const { ann, bob } = await openPhones('ann', 'bob')
    for (let round = 0; round < 5; round++) {
      const callId = await ring(ann, 'bob')
      ann.emit('endCall', { callId })
      expect((await ann.request('get_calls', { limit: 1 })).calls).toMatchObject([
        { _id: callId, reason: 'cancelled' },
      ])
      await bob.heard(2)
    }
  })

  it('[CA23] comes in pages', async () => {
    const { ann, bob } = await openPhones('ann', 'bob')
    const ids: string[] = []
    for (let n = 0; n < 3; n++) {
      const callId = await ring(ann, 'bob')
      await ann.request('endCall', { callId })
      ids.unshift(callId)
    }
    const first = await bob.request('get_calls', { limit: 2 })
    expect([first.calls.map(({ _id }) => _id), first.more]).toEqual([ids.slice(0, 2), true])
    const rest = await bob.request('get_calls', { limit: 2, before: ids[1] })
    expect([rest.calls.map(({ _id }) => _id), rest.more]).toEqual([ids.slice(2), false])
  })
})

describe('a V2 page that trickles', () => {
  it('[CA25] sends candidates behind its offer and its answer', async () => {
    const chat = await openChat(onTestFinished)
    const [page, bob] = [await chat.connectV2(), await chat.connect('bob')]
    const call = { userToCall: 'bob', from: page.id, name: 'Page' }
    page.emit('callUser', { ...call, signalData: offer })
    page.emit('callUser', { ...call, signalData: candidate(1) })
    const [[, { callId }]] = (await bob.heard(1)) as [[string, { callId: string }]]
    await bob.request('answerCall', { callId, signal: answer })
    expect(await bob.heard(1)).toMatchObject([['callSignal', { seq: 2, signal: candidate(1) }]])
    page.emit('callUser', { ...call, signalData: candidate(2) })
    expect(await bob.heard(1)).toMatchObject([['callSignal', { seq: 3, signal: candidate(2) }]])
    await signal(bob, callId, 1)
    expect(await page.heard(2)).toEqual([
      ['callAccepted', answer],
      ['callAccepted', candidate(1)],
    ])
    await bob.request('endCall', { callId })

    const second = await ring(bob, page.id)
    page.emit('answerCall', { signal: answer, to: 'bob' })
    page.emit('answerCall', { signal: candidate(3), to: 'bob' })
    expect((await bob.heard(2)).map(([, push]) => (push as { signal: unknown }).signal)).toEqual([
      answer,
      candidate(3),
    ])
    await bob.request('endCall', { callId: second })
  })
})
