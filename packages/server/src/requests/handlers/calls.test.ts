import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Frame, openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'

vi.setConfig({ testTimeout: 30_000 })

const other = { workspace_id: 'other', api_key: 'other-key' }
const offer = { type: 'offer', sdp: 'v=0\r\n' }
const answer = { type: 'answer', sdp: 'v=0\r\n' }

async function people<Name extends string>(
  chat: TestChat,
  ...names: Name[]
): Promise<Record<Name, TestSocket>> {
  const sockets = await Promise.all(names.map(async (name) => [name, await chat.connect(name)] as const))
  return Object.fromEntries(sockets) as Record<Name, TestSocket>
}

async function ring(caller: TestSocket, userToCall: string): Promise<string> {
  const { callId } = await caller.request('callUser', { userToCall, signalData: offer, cid: randomUUID() })
  return callId
}

const rings = (callId: string, from: string, name: string | null = null): Frame => [
  'callUser',
  { callId, signal: offer, from, name },
]
const accepted = (callId: string): Frame => ['callSignal', { callId, seq: 1, signal: answer, kind: 'answer' }]
const ended = (callId: string, reason: string): Frame => ['callEnded', { callId, reason }]

describe('who is called', () => {
  it('[CA11] rings a socket by its id, and no other device of its user', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, bob.id)
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
    expect(await phone.heard()).toEqual([])
  })

  it('[CA11] rings every device of a user', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const devices = [bob, await chat.connect('bob'), await chat.connect('bob')]
    const callId = await ring(ann, 'bob')
    for (const device of devices) expect(await device.heard(1)).toEqual([rings(callId, 'ann')])
    expect(await ann.heard()).toEqual([])
  })

  it('[CA11] rings the sockets in a room, without the one that calls', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob, carl, dora } = await people(chat, 'ann', 'bob', 'carl', 'dora')
    for (const socket of [ann, bob, carl]) await socket.request('join', { room: 'desk' })
    const callId = await ring(ann, 'desk')
    for (const socket of [bob, carl]) expect(await socket.heard(1)).toEqual([rings(callId, 'ann')])
    for (const socket of [ann, dora]) expect(await socket.heard()).toEqual([])
  })

  it('[CA11] takes an address for a socket first, then for a user, then for a room', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob, eve } = await people(chat, 'ann', 'bob', 'eve')
    const namedLikeASocket = await chat.connect(bob.id)
    for (const room of [bob.id, 'bob']) await eve.request('join', { room })

    const toSocket = await ring(ann, bob.id)
    const toUser = await ring(ann, 'bob')

    expect(await bob.heard(2)).toEqual([rings(toSocket, 'ann'), rings(toUser, 'ann')])
    expect(await namedLikeASocket.heard()).toEqual([])
    expect(await eve.heard()).toEqual([])
  })

  it('[CA11] tells foreign, missing and offline callees alike', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, gone } = await people(chat, 'ann', 'gone')
    const stranger = await chat.connect('stranger', other)
    await stranger.request('join', { room: 'their-room' })
    const gonesId = gone.id
    gone.socket.disconnect()
    await gone.closed()
    await ann.settle()

    const shown = new Set<string>()
    for (const userToCall of [
      stranger.id,
      'stranger',
      'their-room',
      'nobody',
      gonesId,
      'gone',
      'undefined',
      'null',
    ]) {
      const failed = await ann.ask('callUser', { userToCall, signalData: offer, cid: randomUUID() })
      expect(failed).toMatchObject({ error: { code: 'not_found' } })
      shown.add(JSON.stringify(failed).replaceAll(userToCall, '<id>'))
    }
    expect(shown.size).toBe(1)
    expect(await stranger.heard()).toEqual([])
  })

  it.each([[null], [''], [undefined], [[]], [{}], [7], [true]])(
    '[CA11] rings nobody for %j',
    async (userToCall) => {
      const chat = await openChat(onTestFinished)
      const { ann, bob } = await people(chat, 'ann', 'bob')
      const page = await chat.connectV2()
      for (const room of ['null', 'undefined', '7', 'true']) await bob.request('join', { room })
      expect(await ann.refusal('callUser', { userToCall, signalData: offer, cid: randomUUID() })).toBe(
        'invalid_payload',
      )
      expect(await bob.heard()).toEqual([])
      expect(await page.heard()).toEqual([])
    },
  )

  it('[CA11] does not let anybody call oneself', async () => {
    const chat = await openChat(onTestFinished)
    const { ann } = await people(chat, 'ann')
    const phone = await chat.connect('ann')
    await ann.request('join', { room: 'alone' })
    const call = (userToCall: string) =>
      ann.refusal('callUser', { userToCall, signalData: offer, cid: randomUUID() })
    expect([await call('ann'), await call(ann.id)]).toEqual(['invalid_payload', 'invalid_payload'])
    expect(await call('alone')).toBe('not_found')
    for (const socket of [ann, phone]) expect(await socket.heard()).toEqual([])
  })
})

describe('how a call goes', () => {
  it('[CA2] is answered once; other devices hear that it was answered elsewhere', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
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

  it('[CA2] lets exactly one of many devices win that answer at once', async () => {
    const chat = await openChat(onTestFinished)
    const { ann } = await people(chat, 'ann')
    const devices = await Promise.all([1, 2, 3, 4, 5].map(() => chat.connect('bob')))
    for (let round = 0; round < 10; round++) {
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
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    expect(await ann.request('endCall', { callId })).toEqual({ callId, reason: 'cancelled' })
    for (const device of [bob, phone]) {
      expect(await device.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'cancelled')])
    }
    expect(await ann.heard()).toEqual([])
  })

  it('[CA5] is declined by one device for all of them', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const phone = await chat.connect('bob')
    const callId = await ring(ann, 'bob')
    expect(await bob.request('endCall', { callId })).toEqual({ callId, reason: 'declined' })
    expect(await ann.heard(1)).toEqual([ended(callId, 'declined')])
    expect(await phone.heard(2)).toEqual([rings(callId, 'ann'), ended(callId, 'declined')])
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
  })

  it.each(['caller', 'callee'] as const)('[CA7] is hung up by the %s', async (who) => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
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
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const callId = await ring(ann, 'bob')
    await bob.request('answerCall', { callId, signal: answer })
    const [leaving, staying] = who === 'caller' ? [ann, bob] : [bob, ann]
    await staying.heard(1)

    leaving.socket.disconnect()

    expect(await staying.heard(1)).toEqual([ended(callId, 'lost')])
  })

  it('[CA6] rings on until the last device of the callee is gone', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
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
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
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
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const callId = await ring(ann, 'bob')
    ann.emit('endCall', { callId })
    ann.socket.disconnect()
    expect(await bob.heard(2)).toEqual([
      rings(callId, 'ann'),
      ended(callId, expect.stringMatching(/cancelled|lost/) as string),
    ])
  })
})

describe('a call with a cid', () => {
  it('[CT4] rings once, however often it is asked for', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const call = { userToCall: 'bob', signalData: offer, cid: randomUUID() }
    const answers = await Promise.all([1, 2, 3].map(() => ann.request('callUser', call)))
    const { callId } = await ann.request('callUser', call)
    expect(answers).toEqual([{ callId }, { callId }, { callId }])
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
    expect(await ann.refusal('callUser', { ...call, signalData: 'another' })).toBe('conflict')
    expect(await bob.heard()).toEqual([])
  })

  it('[CT4] rings once for two sockets of one user', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const phone = await chat.connect('ann')
    const call = { userToCall: 'bob', signalData: offer, cid: randomUUID() }
    const first = await ann.request('callUser', call)
    expect(await phone.request('callUser', call)).toEqual(first)
    expect(await bob.heard(1)).toEqual([rings(first.callId, 'ann')])
  })

  it('[CT4] is answered alike when it is repeated after the callee has gone', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const call = { userToCall: 'bob', signalData: offer, cid: randomUUID() }
    const first = await ann.request('callUser', call)
    bob.socket.disconnect()
    expect(await ann.heard(1)).toEqual([ended(first.callId, 'lost')])
    expect(await ann.ask('callUser', call)).toMatchObject({ status: 'success', data: first })
  })
})

describe('what a callee is shown', () => {
  it('[CA12] names the caller by its session', async () => {
    const chat = await openChat(onTestFinished)
    const ann = await chat.connect('u1', { name: 'Ann' })
    const { bob } = await people(chat, 'bob')
    const claims = { from: 'bob', name: 'Bob' }
    const { callId } = await ann.request('callUser', {
      userToCall: 'bob',
      signalData: offer,
      cid: randomUUID(),
      ...claims,
    })
    expect(await bob.heard(1)).toEqual([rings(callId, 'u1', 'Ann')])
  })

  it('[CA12] keeps `from` where it is an address of the caller', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    await ann.request('join', { room: 'desk' })
    await bob.request('join', { room: 'not-anns' })
    const shown: [string, string][] = [
      [ann.id, ann.id],
      ['ann', 'ann'],
      ['desk', 'desk'],
      ['not-anns', 'ann'],
      [bob.id, 'ann'],
      ['bob', 'ann'],
      ['nobody', 'ann'],
    ]
    for (const [from, expected] of shown) {
      const { callId } = await ann.request('callUser', {
        userToCall: bob.id,
        signalData: offer,
        from,
        cid: randomUUID(),
      })
      expect(await bob.heard(1)).toEqual([rings(callId, expected)])
    }
  })

  it.each([
    ['a text', 'sdp'],
    ['nested', { a: [{ b: [null, 1, 'x'] }], toJSON: 2, length: 1e9 }],
    [
      'keys of prototypes',
      JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}},"then":1}') as object,
    ],
    ['60 KiB', 'x'.repeat(61_438)],
  ])('[CA13] passes on a signal as it came: %s', async (_kind, signalData) => {
    const chat = await openChat(onTestFinished)
    const { ann, bob } = await people(chat, 'ann', 'bob')
    const { callId } = await ann.request('callUser', { userToCall: 'bob', signalData, cid: randomUUID() })
    const [frame] = await bob.heard(1)
    expect(JSON.stringify(frame)).toBe(
      JSON.stringify(['callUser', { callId, signal: signalData, from: 'ann', name: null }]),
    )
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
  })
})

describe('who else hears of it', () => {
  it('[CA12] lets nobody but the two parties hear, answer or end a call', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, bob, eve } = await people(chat, 'ann', 'bob', 'eve')
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

  it('[CA4] tells a call of others like one that does not exist', async () => {
    const chat = await openChat(onTestFinished)
    const { ann, eve } = await people(chat, 'ann', 'eve')
    await people(chat, 'bob')
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
    const chat = await openChat(onTestFinished)
    const { ann, bob, carl, dora, eve } = await people(chat, 'ann', 'bob', 'carl', 'dora', 'eve')
    const annsPhone = await chat.connect('ann')
    const [toBob, toDora] = [await ring(ann, 'bob'), await ring(carl, 'dora')]
    await bob.request('answerCall', { callId: toBob, signal: answer })
    await dora.request('answerCall', { callId: toDora, signal: answer })
    const toEve = await ring(annsPhone, 'eve')
    for (const socket of [bob, carl, dora, eve, annsPhone]) await socket.heard()

    ann.socket.disconnect()

    expect(await bob.heard(1)).toEqual([ended(toBob, 'lost')])
    for (const socket of [carl, dora, eve, annsPhone]) expect(await socket.heard()).toEqual([])
    expect(await carl.request('endCall', { callId: toDora })).toEqual({ callId: toDora, reason: 'hung_up' })
    expect(await eve.request('answerCall', { callId: toEve, signal: answer })).toEqual({ callId: toEve })
  })

  it('[CA7] keeps the calls of a tab whose earlier connection is noticed to be gone', async () => {
    const chat = await openChat(onTestFinished)
    const device_id = randomUUID()
    const [earlier, now] = [
      await chat.connect('ann', { device_id }),
      await chat.connect('ann', { device_id }),
    ]
    const { bob } = await people(chat, 'bob')
    const callId = await ring(now, 'bob')
    await bob.request('answerCall', { callId, signal: answer })
    await now.heard(1)
    await bob.heard(1)

    earlier.socket.disconnect()
    await earlier.closed()
    // A round through the queue of calls, behind whatever the disconnect put into it.
    expect(await bob.refusal('endCall', { callId: randomUUID() })).toBe('not_found')

    expect(await bob.heard()).toEqual([])
    expect(await now.request('endCall', { callId })).toEqual({ callId, reason: 'hung_up' })
  })
})
