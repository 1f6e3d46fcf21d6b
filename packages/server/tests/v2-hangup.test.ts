import { describe, expect, it } from 'vitest'
import {
  connect,
  connectAs,
  otherKey,
  runningServer,
  serverUrl,
  unique,
  untilGone,
  type V2Client,
} from './support/v2-client.ts'
import { failure, id, refused, success } from './support/v2-frames.ts'

const offer = { type: 'offer', sdp: 'v=0' }
const ended = ['callEnded']

async function ring(caller: V2Client, userToCall: string, callees: readonly V2Client[]): Promise<void> {
  caller.emit('callUser', { userToCall, signalData: offer, from: caller.id, name: 'Ada' })
  for (const callee of callees) {
    await callee.hears(['callUser', { signal: offer, from: caller.id, name: 'Ada', callId: id }])
  }
}

async function answer(callee: V2Client, caller: V2Client): Promise<void> {
  callee.emit('answerCall', { signal: 'yes', to: caller.id })
  await caller.hears(['callAccepted', 'yes'])
}

async function pages(url: string, count: number): Promise<V2Client[]> {
  return Promise.all(Array.from({ length: count }, () => connect(url)))
}

async function pair(url: string): Promise<[V2Client, V2Client]> {
  return [await connect(url), await connect(url)]
}

describe('endCall', () => {
  const payloads: [string, unknown[]][] = [
    ['no payload', []],
    ['null', [null]],
    ['{}', [{}]],
    ['{to}', [{ to: 'somebody' }]],
    ['{to: null}', [{ to: null }]],
  ]

  it.each(payloads)('[V2H1] with %s cancels, declines and hangs up', async (_title, payload) => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)

    await ring(caller, callee.id, [callee])
    caller.emit('endCall', ...payload)
    await callee.hears(ended)

    await ring(caller, callee.id, [callee])
    callee.emit('endCall', ...payload)
    await caller.hears(ended)

    for (const [one, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      await ring(caller, callee.id, [callee])
      await answer(callee, caller)
      one.emit('endCall', ...payload)
      await other.hears(ended)
      await one.hearsNothing()
    }
  })

  it.each(payloads)(
    '[V2H2] with %s and no call fails, and ends nobody else’s call',
    async (_title, payload) => {
      const url = await serverUrl()
      const [caller, callee] = await pair(url)
      await ring(caller, callee.id, [callee])
      await answer(callee, caller)
      const stranger = await connect(url)

      stranger.emit('endCall', ...payload)
      await stranger.hears(['error_response', failure('endCall')])
      expect(await stranger.ask('endCall', ...payload)).toEqual(refused('endCall', 'not_found'))

      await caller.hearsNothing()
      await callee.hearsNothing()
      caller.emit('endCall')
      await callee.hears(ended)
    },
  )

  it('[V2H3] by a stranger with the call or a party as payload ends nothing', async () => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)
    const stranger = await connect(url)
    const { data } = await caller.ask<{ callId: string }>('callUser', {
      userToCall: callee.id,
      signalData: offer,
    })
    await callee.next(1)

    for (const payload of [{ callId: data.callId }, { to: caller.id }, { to: callee.id }]) {
      stranger.emit('endCall', payload)
      await stranger.hears(['error_response', failure('endCall')])
    }

    await caller.hearsNothing()
    await callee.hearsNothing()
    await answer(callee, caller)
  })

  it('[V2H4] a second time fails, and is not heard', async () => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)
    await ring(caller, callee.id, [callee])
    caller.emit('endCall')
    await callee.hears(ended)

    caller.emit('endCall')
    callee.emit('endCall')

    await caller.hears(['error_response', failure('endCall')])
    await callee.hears(['error_response', failure('endCall')])
  })

  it('[V2H5] ends the active call first, then the outgoing one, then the newest incoming one', async () => {
    const url = await serverUrl()
    const [partner, early, late, callee] = await pages(url, 4)
    const page = await connect(url)
    if (!partner || !early || !late || !callee) throw new Error('not connected')
    await ring(page, partner.id, [partner])
    await ring(early, page.id, [page])
    await ring(late, page.id, [page])
    await ring(page, callee.id, [callee])
    // Once it talks, nobody rings it, and it rings nobody.
    await answer(partner, page)

    for (const other of [partner, callee, late, early]) {
      page.emit('endCall')
      await other.hears(ended)
      for (const silent of [partner, callee, late, early]) await silent.hearsNothing()
    }
    await page.hearsNothing()
  })

  it('[V2H6] of a call to several devices is heard by each of them', async () => {
    const url = await serverUrl()
    const user = unique('user')
    const caller = await connect(url)
    const devices = [await connectAs(url, user), await connectAs(url, user)]
    await ring(caller, user, devices)

    caller.emit('endCall')

    for (const device of devices) await device.hears(ended)
    await caller.hearsNothing()
  })

  it('[V2H7] with an acknowledgement says which call ended and how', async () => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)

    await ring(caller, callee.id, [callee])
    expect(await caller.ask('endCall', null)).toEqual(success('endCall', { callId: id, reason: 'cancelled' }))
    await callee.hears(ended)
    await ring(caller, callee.id, [callee])
    expect(await callee.ask('endCall', {})).toEqual(success('endCall', { callId: id, reason: 'declined' }))
    await caller.hears(ended)
  })
})

describe('a disconnect', () => {
  it.each([['the caller'], ['the callee']])(
    '[V2H8] of %s ends its call, ringing or active, once',
    async (who) => {
      const url = await serverUrl()
      for (const isActive of [false, true]) {
        const [caller, callee] = await pair(url)
        await ring(caller, callee.id, [callee])
        if (isActive) await answer(callee, caller)
        const [leaver, other] = who === 'the caller' ? [caller, callee] : [callee, caller]

        leaver.socket.disconnect()

        await other.hears(ended)
        other.emit('endCall')
        await other.hears(['error_response', failure('endCall')])
      }
    },
  )

  it('[V2H9] that cuts the line without a word ends the call, too', async () => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)
    await ring(caller, callee.id, [callee])
    await answer(callee, caller)

    caller.socket.io.engine.close()

    await callee.hears(ended)
  })

  it('[V2H10] right after endCall is not heard again', async () => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)
    await ring(caller, callee.id, [callee])
    await answer(callee, caller)
    const callerId = caller.id

    caller.emit('endCall')
    caller.socket.disconnect()

    await callee.next(1)
    await untilGone(callerId, callee)
    await callee.hearsNothing()
  })

  it('[V2H11] ends the calls of that socket only', async () => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)
    await ring(caller, callee.id, [callee])
    await answer(callee, caller)
    const [leaver, partner] = await pair(url)
    await ring(leaver, partner.id, [partner])
    const idle = await connect(url)
    const idleId = idle.id

    idle.socket.disconnect()
    leaver.socket.disconnect()

    await partner.hears(ended)
    await untilGone(idleId, partner)
    await caller.hearsNothing()
    await callee.hearsNothing()
    caller.emit('endCall')
    await callee.hears(ended)
  })

  it('[V2H12] of one of several ringing devices lets the others ring on', async () => {
    const url = await serverUrl()
    const user = unique('user')
    const caller = await connect(url)
    const [phone, tab] = [await connectAs(url, user), await connectAs(url, user)]
    await ring(caller, user, [phone, tab])
    const phoneId = phone.id

    phone.socket.disconnect()
    await untilGone(phoneId, await connect(url))

    await caller.hearsNothing()
    await answer(tab, caller)
  })

  it('[V2H13] ends every call of the socket', async () => {
    const url = await serverUrl()
    const [leaver, incoming, outgoing] = await pages(url, 3)
    if (!leaver || !incoming || !outgoing) throw new Error('not connected')
    await ring(incoming, leaver.id, [leaver])
    await ring(leaver, outgoing.id, [outgoing])

    leaver.socket.disconnect()

    await incoming.hears(ended)
    await outgoing.hears(ended)
  })
})

describe('a call that is over at once', () => {
  it('[V2H18] rings and stops in this order when endCall follows callUser without waiting', async () => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)

    for (let again = 0; again < 5; again++) {
      caller.emit('callUser', { userToCall: callee.id, signalData: offer, from: caller.id, name: 'Ada' })
      caller.emit('endCall')

      await callee.hears(['callUser', { signal: offer, from: caller.id, name: 'Ada', callId: id }], ended)
      await caller.hearsNothing()
    }
  })

  it('[V2H19] leaves nobody ringing when the caller is gone at once', async () => {
    const url = await serverUrl()
    const callee = await connect(url)

    for (let again = 0; again < 5; again++) {
      const caller = await connect(url)
      const callerId = caller.id
      caller.emit('callUser', { userToCall: callee.id, signalData: offer, from: callerId, name: 'Ada' })
      caller.socket.disconnect()
      await untilGone(callerId, await connect(url))

      const heard = (await callee.everything()).map(([event]) => event)
      // The server may not have rung at all.
      expect(heard).toEqual(heard.length === 0 ? [] : ['callUser', 'callEnded'])
      expect(await callee.ask('endCall')).toEqual(refused('endCall', 'not_found'))
    }
  })

  it('[V2H20] is ended by what answered it, without waiting', async () => {
    const url = await serverUrl()
    const [caller, callee] = await pair(url)
    await ring(caller, callee.id, [callee])

    callee.emit('answerCall', { signal: 'yes', to: caller.id })
    callee.emit('endCall')

    await caller.hears(['callAccepted', 'yes'], ended)
    await callee.hearsNothing()
  })
})

describe('addresses', () => {
  it('[V2H14] of sockets and users are not taken by rooms of the same name', async () => {
    const url = await serverUrl()
    const user = unique('user')
    const [caller, page, known] = [await connect(url), await connect(url), await connectAs(url, user)]
    const spy = await connect(url)
    for (const room of [page.id, user]) {
      spy.emit('join', { room })
      await spy.next(1)
    }

    for (const [userToCall, callee] of [
      [page.id, page],
      [user, known],
    ] as const) {
      await ring(caller, userToCall, [callee])
      await answer(callee, caller)
      caller.emit('endCall')
      await callee.hears(ended)
    }

    await spy.hearsNothing()
  })

  it('[V2H15] of sockets are not taken by users of the same name', async () => {
    const url = await serverUrl()
    const [caller, page] = await pair(url)
    const spy = await connectAs(url, page.id)

    await ring(caller, page.id, [page])

    await spy.hearsNothing()
  })

  it('[V2H16] that are offline or never were get the same answer', async () => {
    const url = await serverUrl()
    const user = unique('user')
    const [caller, gone, goneUser] = [await connect(url), await connect(url), await connectAs(url, user)]
    const goneId = gone.id
    for (const client of [gone, goneUser]) client.socket.disconnect()
    await untilGone(goneId, caller)
    await untilGone(user, caller)

    const answers = await Promise.all(
      [goneId, user, unique('nobody')].map(async (userToCall) => {
        const refusal = await caller.ask('callUser', { userToCall, signalData: offer })
        expect(refusal).toEqual(refused('callUser', 'not_found'))
        return JSON.stringify(refusal).replaceAll(userToCall, '<callee>')
      }),
    )

    expect(new Set(answers).size).toBe(1)
  })

  it.skipIf(runningServer)(
    '[V2H17] of another workspace get the answer of those that do not exist',
    async () => {
      const url = await serverUrl()
      const [user, room] = [unique('user'), unique('room')]
      const caller = await connect(url)
      const foreign = await connect(url, { ...otherKey, user_id: user })
      foreign.emit('join', { room })
      await foreign.next(1)

      const answers = await Promise.all(
        [foreign.id, user, room, unique('nobody')].map(async (userToCall) => {
          const refusal = await caller.ask('callUser', { userToCall, signalData: offer })
          expect(refusal).toEqual(refused('callUser', 'not_found'))
          return JSON.stringify(refusal).replaceAll(userToCall, '<callee>')
        }),
      )

      expect(new Set(answers).size).toBe(1)
      await foreign.hearsNothing()
    },
  )
})
