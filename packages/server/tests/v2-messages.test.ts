import { describe, expect, it } from 'vitest'
import { connect, connectAs, serverUrl, unique, type V2Client } from './support/v2-client.ts'
import { failure, live, type Message, messageFields, notice, refused, text } from './support/v2-frames.ts'

const fullPayload = { type: 'create_message', side: 'true', author: 'John Doe', message_type: 'text' }

/** A socket in a room of its own. */
async function member(url: string, room: string): Promise<V2Client> {
  const client = await connect(url)
  client.emit('join', { room })
  await client.next(1)
  return client
}

describe('message_event', () => {
  it('[V2M1] reaches everyone in the room once, the sender included, and nobody else', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [sender, other] = [await member(url, room), await member(url, room)]
    const [elsewhere, nowhere] = [await member(url, unique('room')), await connect(url)]
    await sender.next(1)

    sender.emit('message_event', { ...fullPayload, room_id: room, message_data: 'Hello, World!' })

    await sender.hears(live('Hello, World!', sender.id))
    await other.hears(live('Hello, World!', sender.id))
    await elsewhere.hearsNothing()
    await nowhere.hearsNothing()
  })

  it('[V2M2] needs no membership: the sender then hears nothing', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const receiver = await member(url, room)
    const sender = await connect(url)

    sender.emit('message_event', { ...fullPayload, room_id: room, message_data: 'from outside' })

    await receiver.hears(live('from outside', sender.id))
    await sender.hearsNothing()
  })

  it('[V2M3] makes the room: who joins later reads it', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const sender = await connect(url)
    sender.emit('message_event', { ...fullPayload, room_id: room, message_data: 'first' })
    await sender.hearsNothing()

    const joiner = await connect(url)
    joiner.emit('join', { room })

    await joiner.hears(notice('first'))
  })

  it('[V2M4] arrives in the order in which one socket sent it', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [sender, receiver] = [await member(url, room), await member(url, room)]
    await sender.next(1)
    const texts = Array.from({ length: 50 }, (_, n) => `message ${n}`)

    for (const message_data of texts) sender.emit('message_event', { room_id: room, message_data })

    await sender.hears(...texts.map((data) => live(data, sender.id)))
    await receiver.hears(...texts.map((data) => live(data, sender.id)))
  })

  it.each([
    ['a number', { message_data: 42 }, '42'],
    ['zero', { message_data: 0 }, '0'],
    ['no type', { type: undefined, message_data: 'x' }, 'x'],
    ['no side', { side: undefined, message_data: 'x' }, 'x'],
    ['no author', { author: undefined, message_data: 'x' }, 'x'],
    ['no message_type', { message_type: undefined, message_data: 'x' }, 'x'],
    ['null in what decides nothing', { type: null, side: null, message_type: null, message_data: 'x' }, 'x'],
    [
      'objects in what decides nothing',
      { type: {}, side: true, message_type: ['a'], message_data: 'x' },
      'x',
    ],
    ['a type of its own', { type: 'system', message_data: 'Ticket Closed' }, 'Ticket Closed'],
    ['an empty author', { author: '', message_data: 'x' }, 'x'],
    ['further fields', { toJSON: 1, api_key: 'k', user_id: 1, message_data: 'x' }, 'x'],
    ['a text that keeps its bytes', { message_data: ' \u202e<b>👩‍👩‍👧 é\r\n' }, ' \u202e<b>👩‍👩‍👧 é\r\n'],
    ['16,000 characters outside the basic plane', { message_data: '😀'.repeat(16_000) }, '😀'.repeat(16_000)],
    ['16,000 characters', { message_data: 'a'.repeat(16_000) }, 'a'.repeat(16_000)],
  ])('[V2M5] takes %s', async (_title, payload, data) => {
    const room = unique('room')
    const sender = await member(await serverUrl(), room)

    sender.emit('message_event', { ...fullPayload, room_id: room, ...payload })

    await sender.hears(live(data, sender.id))
  })

  it('[V2M6] with an acknowledgement is answered there, beside the live echo', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [sender, other] = [await member(url, room), await member(url, room)]
    await sender.next(1)

    const answer = await sender.ask('message_event', { ...fullPayload, room_id: room, message_data: 'acked' })

    const data = { ...messageFields, stream: `room:${room}`, seq: 1, nth: 1, message_data: 'acked' }
    expect(answer).toEqual({
      status: 'success',
      operation: 'message_event',
      data: { ...data, author: `guest:${sender.id}`, display_name: 'John Doe' },
    })
    await sender.hears(live('acked', sender.id))
    await other.hears(live('acked', sender.id))
  })

  it('[V2M7] of a session has its author and name, whatever the payload says', async () => {
    const url = await serverUrl()
    const [room, user, name] = [unique('room'), unique('user'), unique('ada')]
    const sender = await connectAs(url, user, { name })

    const { data } = await sender.ask<Message>('message_event', {
      ...fullPayload,
      room_id: room,
      message_data: 'x',
      user_id: 'somebody-else',
    })

    expect(data).toMatchObject({ author: user, display_name: name })
  })

  it('[V2M8] takes a number as the user id of a handshake', async () => {
    const sender = await connectAs(await serverUrl(), 100)

    const { data } = await sender.ask<Message>('message_event', {
      room_id: unique('room'),
      message_data: 'x',
    })

    expect(data).toMatchObject({ author: '100' })
  })

  it('[V2M9] has no fields of the server but its own', async () => {
    const room = unique('room')
    const sender = await connect(await serverUrl())
    const forged = { _id: 'mine', seq: 99, nth: 99, kind: 'closed', created_at: '2000-01-01T00:00:00.000Z' }

    const { data } = await sender.ask<Message>('message_event', {
      ...forged,
      room_id: room,
      message_data: 'x',
    })

    expect(data).toMatchObject({ seq: 1, nth: 1, kind: 'text' })
    expect(data._id).not.toBe('mine')
    expect(data).not.toMatchObject({ created_at: forged.created_at })
  })

  it('[V2M10] without a valid room reaches nobody and is answered to the sender alone', async () => {
    const url = await serverUrl()
    const bystanders = [await member(url, unique('room')), await connect(url)]
    const sender = await member(url, unique('room'))

    for (const room_id of [null, undefined, '', [], {}]) {
      sender.emit('message_event', { ...fullPayload, room_id, message_data: 'to nobody' })
      await sender.hears(['my_response', failure('message_event')])
      const answer = await sender.ask('message_event', { ...fullPayload, room_id, message_data: 'to nobody' })
      expect(answer).toEqual(refused('message_event', 'invalid_payload'))
    }
    for (const room of [null, undefined, '', [], {}]) {
      sender.emit('join', { room })
      await sender.hears(['my_response', failure('join')])
    }

    await sender.hearsNothing()
    for (const bystander of bystanders) await bystander.hearsNothing()
  })

  it('[V2M11] that was refused is not in the history', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const sender = await connect(url)
    sender.emit('message_event', { ...fullPayload, room_id: room, message_data: { text: 'x' } })
    await sender.hears(['my_response', failure('message_event')])

    const joiner = await connect(url)
    joiner.emit('join', { room })

    await joiner.hears(notice(text))
  })
})

describe('a text that is refused', () => {
  it.each([
    ['an empty one', '', 'error_response', 'Your message is empty'],
    ['one of spaces', ' \t', 'error_response', 'Your message is empty'],
    ['one that is too long', 'x'.repeat(16_001), 'my_response', 'Your message is too long'],
  ])('[V2M12] says so in words: %s', async (_title, message_data, event, data) => {
    const room = unique('room')
    const sender = await member(await serverUrl(), room)

    sender.emit('message_event', { ...fullPayload, room_id: room, message_data })

    await sender.hears([event, { data, status: 'failure', operation: 'message_event' }])
    const answer = await sender.ask('message_event', { ...fullPayload, room_id: room, message_data })
    expect(answer).toMatchObject({ status: 'failure', data, error: { code: 'invalid_payload' } })
  })
})
