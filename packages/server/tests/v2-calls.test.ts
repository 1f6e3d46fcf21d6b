import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../src/testing/index.ts'
import { connect, connectAs, connectCurrent, serverUrl, unique, type V2Client } from './support/v2-client.ts'
import { failure, id, refused, success } from './support/v2-frames.ts'

const offer = { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n' }
const answer = { type: 'answer', sdp: 'v=0\r\n' }
const ended = ['callEnded']

function ringing(from: string, more: Record<string, unknown> = {}): unknown[] {
  return ['callUser', { signal: offer, from, name: expect.any(String), callId: id, ...more }]
}

async function join(client: V2Client, room: string): Promise<void> {
  client.emit('join', { room })
  await client.next(1)
}

/** Two pages in a ringing call. */
async function ringingPair(url: string): Promise<[V2Client, V2Client]> {
  const [caller, callee] = [await connect(url), await connect(url)]
  caller.emit('callUser', { userToCall: callee.id, signalData: offer, from: caller.id, name: 'Ada' })
  await callee.hears(ringing(caller.id, { name: 'Ada' }))
  return [caller, callee]
}

/** Two pages in an answered call. */
async function activePair(url: string): Promise<[V2Client, V2Client]> {
  const [caller, callee] = await ringingPair(url)
  callee.emit('answerCall', { signal: answer, to: caller.id })
  await caller.hears(['callAccepted', answer])
  return [caller, callee]
}

describe('callUser', () => {
  it('[V2C1] rings a socket by its id, and the answer comes back as the bare signal, both without further frames', async () => {
    const url = await serverUrl()
    const bystander = await connect(url)

    const [caller, callee] = await activePair(url)

    await caller.hearsNothing()
    await callee.hearsNothing()
    await bystander.hearsNothing()
  })

  it('[V2C2] rings all sockets of a user id that was given at the handshake', async () => {
    const url = await serverUrl()
    const user = unique('user')
    const [tab, phone] = [await connectAs(url, user), await connectAs(url, user)]
    const [caller, bystander] = [await connect(url), await connectAs(url, unique('user'))]

    caller.emit('callUser', { userToCall: user, signalData: offer, from: caller.id, name: 'Ada' })

    await tab.hears(ringing(caller.id))
    await phone.hears(ringing(caller.id))
    await caller.hearsNothing()
    await bystander.hearsNothing()
  })

  it('[V2C3] rings everybody in a room but the caller', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [caller, one, two, bystander] = await Promise.all([0, 1, 2, 3].map(() => connect(url)))
    if (!caller || !one || !two || !bystander) throw new Error('not connected')
    for (const client of [one, two, caller]) await join(client, room)
    await Promise.all([one, two].map((client) => client.everything()))

    caller.emit('callUser', { userToCall: room, signalData: offer, from: room, name: 'Ada' })

    await one.hears(ringing(room))
    await two.hears(ringing(room))
    await caller.hearsNothing()
    await bystander.hearsNothing()
  })

  it.each([
    ['an object', offer],
    ['a text', 'your_signal_data'],
    [
      'an object with candidates',
      { type: 'offer', sdp: 'v=0', candidates: [{ candidate: 'a', sdpMid: null }] },
    ],
  ])('[V2C4] carries %s as signal, untouched', async (_title, signalData) => {
    const url = await serverUrl()
    const [caller, callee] = [await connect(url), await connect(url)]

    caller.emit('callUser', { userToCall: callee.id, signalData, from: '', name: '' })
    await callee.hears(ringing(caller.id, { signal: signalData }))

    callee.emit('answerCall', { signal: signalData, to: caller.id })
    await caller.hears(['callAccepted', signalData])
  })

  it('[V2C5] shows a from that is no address of the caller as its socket id', async () => {
    const url = await serverUrl()
    const [caller, callee, sameTab] = [await connect(url), await connect(url), await connect(url)]

    for (const from of ['', undefined, null, sameTab.id, callee.id, 'caller_username']) {
      caller.emit('callUser', { userToCall: callee.id, signalData: offer, from })
      await callee.hears(ringing(caller.id))
      callee.emit('answerCall', { signal: answer, to: caller.id })
      await caller.hears(['callAccepted', answer])
      caller.emit('endCall')
      await callee.hears(ended)
    }
    await sameTab.hearsNothing()
  })

  it('[V2C6] shows the user id of a caller with an identity, and leaves its own addresses as they are', async () => {
    const url = await serverUrl()
    const [user, room] = [unique('user'), unique('room')]
    const [caller, callee] = [await connectAs(url, user, { name: 'Ada' }), await connect(url)]
    await join(caller, room)

    for (const [from, shown] of [
      ['', user],
      ['somebody-else', user],
      [user, user],
      [caller.id, caller.id],
      [room, room],
    ]) {
      caller.emit('callUser', { userToCall: callee.id, signalData: offer, from, name: 'Somebody else' })
      await callee.hears(ringing(shown ?? '', { name: 'Ada' }))
      callee.emit('answerCall', { signal: answer, to: shown })
      await caller.hears(['callAccepted', answer])
      callee.emit('endCall')
      await caller.hears(ended)
    }
  })

  it('[V2C7] accepts a missing and an empty name', async () => {
    const url = await serverUrl()
    const [caller, callee] = [await connect(url), await connect(url)]

    for (const name of [undefined, null, '']) {
      caller.emit('callUser', { userToCall: callee.id, signalData: offer, from: caller.id, name })
      await callee.hears(ringing(caller.id, { name: '' }))
      caller.emit('endCall')
      await callee.hears(ended)
    }
  })

  it('[V2C17] takes numbers where ids are', async () => {
    const url = await serverUrl()
    const [caller, user] = [await connect(url), Math.floor(Math.random() * 1e15)]
    const callee = await connectAs(url, user)

    caller.emit('callUser', { userToCall: user, signalData: offer, from: 7, name: 'Ada' })

    await callee.hears(ringing(caller.id))
  })

  it('[V2C8] with acknowledgements is answered there, and the other party hears what it always hears', async () => {
    const url = await serverUrl()
    const [caller, callee] = [await connect(url), await connect(url)]

    const call = await caller.ask<{ callId: string }>('callUser', {
      userToCall: callee.id,
      signalData: offer,
    })
    const { callId } = call.data
    expect(call).toEqual(success('callUser', { callId: id }))
    await callee.hears(ringing(caller.id, { callId }))

    expect(await callee.ask('answerCall', { signal: answer })).toEqual(success('answerCall', { callId }))
    await caller.hears(['callAccepted', answer])

    expect(await caller.ask('endCall')).toEqual(success('endCall', { callId, reason: 'hung_up' }))
    await callee.hears(ended)
    await caller.hearsNothing()
  })

  it('[V2C9] to oneself is refused', async () => {
    const url = await serverUrl()
    const user = unique('user')
    const caller = await connectAs(url, user)

    for (const userToCall of [caller.id, user]) {
      caller.emit('callUser', { userToCall, signalData: offer })
      await caller.hears(['error_response', failure('callUser')])
      const refusal = await caller.ask('callUser', { userToCall, signalData: offer })
      expect(refusal).toEqual(refused('callUser', 'invalid_payload'))
    }
    await caller.hearsNothing()
  })

  it('[V2C10] to nobody reaches nobody', async () => {
    const url = await serverUrl()
    const [caller, bystander] = [await connect(url), await connectAs(url, unique('user'))]

    for (const userToCall of [null, undefined, '', [], {}, true]) {
      caller.emit('callUser', { userToCall, signalData: offer, from: caller.id })
      await caller.hears(['error_response', failure('callUser')])
      const refusal = await caller.ask('callUser', { userToCall, signalData: offer })
      expect(refusal).toEqual(refused('callUser', 'invalid_payload'))
    }
    await bystander.hearsNothing()
  })

  it('[V2C11] to an empty room, or one that only the caller is in, finds nobody', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const caller = await connect(url)
    await join(caller, room)
    await caller.ask('message_event', { room_id: unique('room'), message_data: 'x' })

    for (const userToCall of [room, unique('room')]) {
      caller.emit('callUser', { userToCall, signalData: offer })
      await caller.hears(['error_response', failure('callUser')])
      expect(await caller.ask('callUser', { userToCall, signalData: offer })).toEqual(
        refused('callUser', 'not_found'),
      )
    }
  })
})

describe('answerCall', () => {
  it('[V2C12] reaches the socket that called, whatever to says', async () => {
    const url = await serverUrl()

    for (const to of [undefined, null, '', 'caller_username', 12345]) {
      const [caller, callee] = await ringingPair(url)
      callee.emit('answerCall', { signal: answer, to })
      await caller.hears(['callAccepted', answer])
      await callee.hearsNothing()
    }
  })

  it('[V2C13] chooses among several ringing calls by to', async () => {
    const url = await serverUrl()
    const [first, second, third, callee] = await Promise.all([0, 1, 2, 3].map(() => connect(url)))
    if (!first || !second || !third || !callee) throw new Error('not connected')
    for (const caller of [first, second, third]) {
      caller.emit('callUser', { userToCall: callee.id, signalData: offer, from: caller.id })
      await callee.hears(ringing(caller.id))
    }

    callee.emit('answerCall', { signal: answer, to: second.id })

    await second.hears(['callAccepted', answer])
    await first.hearsNothing()
    await third.hearsNothing()
  })

  it('[V2C14] with nothing that rings fails, and reaches nobody', async () => {
    const url = await serverUrl()
    const [caller, callee] = await ringingPair(url)
    const stranger = await connect(url)

    stranger.emit('answerCall', { signal: answer, to: caller.id })
    await stranger.hears(['error_response', failure('answerCall')])
    const refusal = await stranger.ask('answerCall', { signal: answer, to: caller.id })
    expect(refusal).toEqual(refused('answerCall', 'not_found'))
    caller.emit('answerCall', { signal: answer, to: callee.id })
    await caller.hears(['error_response', failure('answerCall')])

    await callee.hearsNothing()
    callee.emit('answerCall', { signal: answer, to: caller.id })
    await caller.hears(['callAccepted', answer])
  })

  it('[V2C18] a second time fails, and is not heard', async () => {
    const [caller, callee] = await activePair(await serverUrl())

    callee.emit('answerCall', { signal: { type: 'answer', sdp: 'another' }, to: caller.id })

    await callee.hears(['error_response', failure('answerCall')])
    await caller.hearsNothing()
  })

  it('[V2C15] by one device ends the ringing of the others, and only the first counts', async () => {
    const url = await serverUrl()
    const user = unique('user')
    const devices = await Promise.all([0, 1, 2].map(() => connectAs(url, user)))
    const caller = await connect(url)
    caller.emit('callUser', { userToCall: user, signalData: offer })
    for (const device of devices) await device.hears(ringing(caller.id))

    for (const [n, device] of devices.entries())
      device.emit('answerCall', { signal: `answer ${n}`, to: caller.id })

    const [[, accepted] = []] = await caller.hears(['callAccepted', expect.stringMatching(/^answer \d$/)])
    const winner = Number(String(accepted).slice(-1))
    for (const [n, device] of devices.entries()) {
      if (n === winner) await device.hearsNothing()
      else await device.hearsInAnyOrder(ended, ['error_response', failure('answerCall')])
    }
    caller.emit('endCall')
    await devices[winner]?.hears(ended)
    for (const [n, device] of devices.entries()) if (n !== winner) await device.hearsNothing()
  })
})

describe('calls between the dialects', () => {
  it('[V2C16] ring, are answered and end in the words of each', async () => {
    const url = await serverUrl()
    const user = unique('user')
    const [page, current] = [await connect(url), await connectCurrent(url, user)]

    page.emit('callUser', { userToCall: user, signalData: offer, from: page.id, name: 'Ada' })
    const [[, incoming] = []] = await current.hears(
      ringing(page.id, { name: 'Ada', user_id: `guest:${page.id}`, media: 'video', ticket_id: null }),
    )
    const { callId } = incoming as { callId: string }
    expect(await current.ask('answerCall', { callId, signal: answer })).toEqual(
      success('answerCall', { callId }),
    )
    await page.hears(['callAccepted', answer])
    page.emit('endCall')

    await current.hears(ended)
    await page.hearsNothing()
  })
})

describe('a page with several sockets', () => {
  // Node lets no other transport have an origin.
  const transports = ['websocket']
  const browser = { transports, extraHeaders: { origin: 'https://shop.example', 'user-agent': 'Browser 1' } }

  it('[V2C19] answers on one what rings at another', async () => {
    const url = await serverUrl()
    const caller = await connect(url)
    const [rung, answering] = [await connect(url, undefined, browser), await connect(url, undefined, browser)]
    caller.emit('callUser', { userToCall: rung.id, signalData: offer, from: caller.id, name: 'Ada' })
    await rung.hears(ringing(caller.id, { name: 'Ada' }))

    answering.emit('answerCall', { signal: answer, to: caller.id })

    await caller.hears(['callAccepted', answer])
    rung.emit('endCall')
    await caller.hears(ended)
    await answering.hearsNothing()
  })

  it.each([
    ['another browser', { 'user-agent': 'Browser 2' }, (caller: V2Client) => caller.id],
    ['another origin', { origin: 'https://another.example' }, (caller: V2Client) => caller.id],
    ['no origin', { origin: '' }, (caller: V2Client) => caller.id],
    ['another caller', {}, () => 'somebody'],
    ['no caller', {}, () => undefined],
  ])('[V2C19] answers nothing for %s', async (_title, headers, toOf) => {
    const url = await serverUrl()
    const caller = await connect(url)
    const rung = await connect(url, undefined, browser)
    const { origin, ...others } = { ...browser.extraHeaders, ...headers }
    const answering = await connect(url, undefined, {
      transports,
      extraHeaders: { ...others, ...(origin !== '' && { origin }) },
    })
    caller.emit('callUser', { userToCall: rung.id, signalData: offer, from: caller.id, name: 'Ada' })
    await rung.hears(ringing(caller.id, { name: 'Ada' }))

    answering.emit('answerCall', { signal: answer, to: toOf(caller) })

    await answering.hears(['error_response', failure('answerCall')])
    await caller.hearsNothing()
  })

  it.each([
    ['two calls ring from one caller', 2, true],
    ['it is turned off', 1, false],
  ])('[V2C19] answers nothing where %s', async (_title, calls, samePage) => {
    const server = await startServer({ v2: { workspace: 'demo', samePage } })
    onTestFinished(() => server.close())
    const { url } = server
    const caller = await connect(url)
    const answering = await connect(url, undefined, browser)
    for (let n = 0; n < calls; n++) {
      const rung = await connect(url, undefined, browser)
      caller.emit('callUser', { userToCall: rung.id, signalData: offer, from: caller.id, name: 'Ada' })
      await rung.hears(ringing(caller.id, { name: 'Ada' }))
    }
    answering.emit('answerCall', { signal: answer, to: caller.id })
    await answering.hears(['error_response', failure('answerCall')])
    await caller.hearsNothing()
  })
})
