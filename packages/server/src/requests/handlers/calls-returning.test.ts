import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { comeBack, drop, heardAfterHello } from '../../../tests/support/drop.ts'
import { gate } from '../../../tests/support/gate.ts'
import { answer, ended, ring, rings } from '../../../tests/support/phones.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { Store } from '../../stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'

/** A call that was answered, of two tabs with known device ids. */
async function openCall(chat: TestChat) {
  const ids = { ann: randomUUID(), bob: randomUUID() }
  const ann = await chat.connect('ann', { device_id: ids.ann })
  const bob = await chat.connect('bob', { device_id: ids.bob })
  const callId = await ring(ann, 'bob')
  await bob.request('answerCall', { callId, signal: answer })
  for (const one of [ann, bob]) await one.heard(1)
  return { ann, bob, ids, callId }
}

const goesOn = (callId: string) => ['callState', { callId, state: 'connecting', seq: 1 }]

describe('a call whose devices drop', () => {
  it.each(['ann', 'bob'] as const)('[CA7] goes on when %s comes back', async (who) => {
    const chat = await openChat(onTestFinished)
    const call = await openCall(chat)
    const { callId, ids } = call
    const other = who === 'ann' ? call.bob : call.ann
    await drop(call[who])
    const back = await comeBack(chat, who, ids[who])
    expect(await heardAfterHello(back, 1)).toEqual([goesOn(callId)])
    expect(await other.heard()).toEqual([])
    expect(await back.request('endCall', { callId })).toEqual({ callId, reason: 'hung_up' })
    expect(await other.heard(1)).toEqual([ended(callId, 'hung_up')])
  })

  it('[CA7] is lost for both when one stays away', async () => {
    const chat = await openChat(onTestFinished, { limits: { callGraceMs: 1_000 } })
    const { ann, bob, callId, ids } = await openCall(chat)
    await drop(ann)
    expect(await bob.heard(1)).toEqual([ended(callId, 'lost')])
    expect(await heardAfterHello(await comeBack(chat, 'ann', ids.ann))).toEqual([])
  })

  it('[CA7] is lost at once with the socket of a V2 page', async () => {
    const chat = await openChat(onTestFinished)
    const [page, bob] = [await chat.connectV2(), await chat.connect('bob')]
    page.emit('callUser', { userToCall: 'bob', signalData: answer, from: page.id, name: 'Page' })
    const [[, { callId }]] = (await bob.heard(1)) as [[string, { callId: string }]]
    await bob.request('answerCall', { callId, signal: answer })
    await page.heard(1)
    await drop(page)
    expect(await bob.heard(1)).toEqual([ended(callId, 'lost')])
  })

  it('[CA7] tells a tab that is another one of the same person of no call', async () => {
    const chat = await openChat(onTestFinished)
    await openCall(chat)
    const another = await chat.connect('ann')
    expect(await another.heard()).toEqual([])
  })
})

describe('a call that rings', () => {
  it('[CA15] rings on a device that comes later, which can answer it', async () => {
    const chat = await openChat(onTestFinished)
    const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
    const callId = await ring(ann, 'bob')
    const later = await comeBack(chat, 'bob')
    expect(await heardAfterHello(later, 1)).toEqual([rings(callId, 'ann')])
    await later.request('answerCall', { callId, signal: answer })
    expect(await bob.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'answered_elsewhere')])
    await expectSilent(await chat.connect('bob'), await chat.connect('ann'), await chat.connect('eve'))
  })

  it.each([
    ['before it is stored', false],
    ['after it is stored', true],
  ])('[CA15] rings on a device that connects while it is made, %s', async (_when, isStored) => {
    const store = await embeddedStore({ path: ':memory:' })
    const [asked, goesOn] = [gate(), gate()]
    const create: Store['calls']['create'] = async (call) => {
      const stored = isStored && (await store.calls.create(call))
      asked.open()
      await goesOn.opened
      return stored || store.calls.create(call)
    }
    const chat = await openChat(onTestFinished, { store: { ...store, calls: { ...store.calls, create } } })
    const [ann, bob, eve] = [await chat.connect('ann'), await chat.connect('bob'), await chat.connect('eve')]
    const ringing = ring(ann, 'bob')
    await asked.opened
    const late = await comeBack(chat, 'bob')
    expect(await heardAfterHello(late)).toEqual([])
    goesOn.open()
    const callId = await ringing
    for (const one of [bob, late]) expect(await one.heard(1)).toEqual([rings(callId, 'ann')])
    await late.request('answerCall', { callId, signal: answer })
    expect(await bob.heard(1)).toEqual([ended(callId, 'answered_elsewhere')])
    await expectSilent(eve, late)
  })

  it('[CA15] rings on no device of a stranger, and none once it has ended', async () => {
    const chat = await openChat(onTestFinished)
    const [ann] = [await chat.connect('ann'), await chat.connect('bob')]
    const callId = await ring(ann, 'bob')
    await expectSilent(await chat.connect('eve'), await chat.connect('ann'))
    await ann.request('endCall', { callId })
    await expectSilent(await chat.connect('bob'))
  })

  it('[CA5] is lost when its caller stays away, and rings on until then', async () => {
    const chat = await openChat(onTestFinished, { limits: { callGraceMs: 1_000 } })
    const ann = await chat.connect('ann')
    const bob = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    const droppedAt = performance.now()
    await drop(ann)
    expect(await bob.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'lost')])
    expect(performance.now() - droppedAt).toBeGreaterThan(900)
  })

  it('[CA7] is answered while its caller is away, who hears of it when they are back', async () => {
    const chat = await openChat(onTestFinished)
    const device_id = randomUUID()
    const ann = await chat.connect('ann', { device_id })
    const bob = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    await drop(ann)
    await bob.heard(1)
    await bob.request('answerCall', { callId, signal: answer })
    const back = await comeBack(chat, 'ann', device_id)
    expect(await heardAfterHello(back, 1)).toEqual([goesOn(callId)])
    const { signals } = await back.request('resumeCall', { callId, seq: 0 })
    expect(signals).toEqual([{ seq: 1, signal: answer, kind: 'answer' }])
  })

  it('[CA17] ends as missed where nobody answers, for everybody', async () => {
    const chat = await openChat(onTestFinished, { limits: { ringMs: 500 } })
    const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
    const callId = await ring(ann, 'bob')
    expect(await bob.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'missed')])
    expect(await ann.heard(1)).toEqual([ended(callId, 'missed')])
    expect(await bob.refusal('answerCall', { callId, signal: answer })).toBe('conflict')
  })
})

async function expectSilent(...sockets: readonly TestSocket[]): Promise<void> {
  for (const socket of sockets) expect(await socket.heard()).toEqual([])
}
