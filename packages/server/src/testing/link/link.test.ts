import { randomUUID } from 'node:crypto'
import { protocolVersion } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openChat } from '../connect.ts'
import { messagesIn, openSocket, type TestSocket } from '../test-socket.ts'

/** A socket of Ann's behind a link, and Bob's that has none; both have joined the lobby. */
async function behindLink(transport: string) {
  const { server, connect } = await openChat(onTestFinished)
  const link = await server.link({ random: () => 0 })
  const open = async (): Promise<TestSocket> => {
    const auth = { protocol: protocolVersion, device_id: randomUUID(), ...server.authFor('ann') }
    const socket = openSocket(link.url, { transports: [transport], auth })
    onTestFinished(() => void socket.socket.disconnect())
    return socket.admitted()
  }
  const [ann, bob] = [await open(), await connect('bob')]
  for (const socket of [ann, bob]) {
    await socket.request('join', { room: 'lobby' })
    socket.skip()
  }
  return { server, link, open, ann, bob }
}

const say = (socket: TestSocket, message_data: string) =>
  socket.request('message_event', { room_id: 'lobby', message_data, cid: randomUUID() })

const heardBy = async (socket: TestSocket): Promise<string[]> =>
  messagesIn(await socket.heard()).map(({ message_data }) => message_data)

describe.each(['websocket', 'polling'])('a link over %s', (transport) => {
  it('[KT1] passes everything on as it is', async () => {
    const { ann, bob } = await behindLink(transport)
    await say(ann, 'from Ann')
    await say(bob, 'from Bob')
    expect(await heardBy(ann)).toEqual(['from Ann', 'from Bob'])
    expect(await heardBy(bob)).toEqual(['from Ann', 'from Bob'])
  })

  it('[KT2] loses one request, one answer, one push', async () => {
    const { link, ann, bob } = await behindLink(transport)
    const pushLost = link.dropNext('push', 'lost on the way')
    await say(bob, 'here')
    await say(bob, 'lost on the way')
    await say(bob, 'here too')
    await pushLost
    expect(await heardBy(ann)).toEqual(['here', 'here too'])

    const requestLost = link.dropNext('request', 'message_event')
    ann.emit('message_event', { room_id: 'lobby', message_data: 'never stored', cid: randomUUID() })
    await requestLost
    const ackLost = link.dropNext('ack', 'message_event')
    const answer = ann.socket
      .timeout(1_000)
      .emitWithAck('message_event', { room_id: 'lobby', message_data: 'stored', cid: randomUUID() })
    await expect(answer).rejects.toThrow('timed out')
    await ackLost
    expect(await heardBy(bob)).toEqual(['here', 'lost on the way', 'here too', 'stored'])
  })

  it('[KT2] delivers a packet twice, and lets one overtake another', async () => {
    const { link, ann, bob } = await behindLink(transport)
    const doubled = link.duplicateNext('push', 'entries')
    await say(bob, 'twice')
    await doubled
    expect(await heardBy(ann)).toEqual(['twice', 'twice'])
    const reordered = link.reorderNext('push', 'entries')
    await say(bob, 'first')
    await say(bob, 'second')
    await reordered
    expect(await heardBy(ann)).toEqual(['second', 'first'])
  })

  it('[KT2] lets packets take their time, in their order', async () => {
    const { link, ann, bob } = await behindLink(transport)
    link.delay({ min: 20, max: 40 })
    const before = performance.now()
    await Promise.all(['1', '2', '3'].map((text) => say(ann, text)))
    expect(performance.now() - before).toBeGreaterThan(39)
    link.delay(0)
    expect(await heardBy(bob)).toEqual(['1', '2', '3'])
  })

  it('[KT3] is offline until it is online again', async () => {
    const { link, open, ann } = await behindLink(transport)
    link.offline()
    await ann.closed()
    await expect(open()).rejects.toThrow()
    link.online()
    await open()
  })

  it('[KT3] cuts connections, and takes new ones', async () => {
    const { link, open, ann } = await behindLink(transport)
    link.cut('close')
    await ann.closed()
    const again = await open()
    link.cut()
    await again.closed()
    await open()
  })

  it('[KT3] swallows everything in silence, and passes new connections once it is online', async () => {
    const { link, open, ann, bob } = await behindLink(transport)
    link.blackHole()
    ann.emit('message_event', { room_id: 'lobby', message_data: 'into the hole', cid: randomUUID() })
    await say(bob, 'unheard')
    const late = ann.socket.timeout(300).emitWithAck('leave', { room: 'nowhere' })
    await expect(late).rejects.toThrow('timed out')
    link.online()
    expect(ann.socket.connected).toBe(true)
    const again = await open()
    await again.request('join', { room: 'lobby' })
    await say(again, 'back')
    expect(await heardBy(bob)).toEqual(['unheard', 'back'])
    expect(messagesIn(ann.frames)).toEqual([])
  })

  it('[KT3] holds back what the server sends to a client that does not read', async () => {
    const { link, ann, bob } = await behindLink(transport)
    link.stall()
    await say(bob, 'later')
    const late = ann.socket.timeout(300).emitWithAck('leave', { room: 'nowhere' })
    await expect(late).rejects.toThrow('timed out')
    // Again: it goes on, and ends once.
    link.stall()
    link.online()
    expect(await heardBy(ann)).toEqual(['later'])
  })
})

it('[KT2] breaks packets at random, with a source of randomness of the test’s', async () => {
  const { link, ann, bob } = await behindLink('websocket')
  link.randomly({ drop: { push: 0.5 } })
  await say(bob, 'lost')
  await ann.settle()
  link.randomly({})
  await say(bob, 'heard')
  expect(await heardBy(ann)).toEqual(['heard'])
})
