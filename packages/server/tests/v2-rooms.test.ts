import { describe, expect, it } from 'vitest'
import {
  connect,
  connectAs,
  connectCurrent,
  otherKey,
  runningServer,
  serverUrl,
  unique,
  untilGone,
  type V2Client,
} from './support/v2-client.ts'
import { joined, left, live, messageFields, notice, text } from './support/v2-frames.ts'

/** Joins a room that has no messages. */
async function join(client: V2Client, room: string): Promise<void> {
  client.emit('join', { room })
  await client.hears(notice(text))
}

async function say(client: V2Client, room: string, texts: readonly string[]): Promise<void> {
  for (const message_data of texts) {
    expect(await client.ask('message_event', { room_id: room, message_data })).toMatchObject({
      status: 'success',
    })
  }
}

describe('join', () => {
  it('[V2R1] greets the joiner of a room without messages, and tells the others but not the joiner', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [first, second, bystander] = [await connect(url), await connect(url), await connect(url)]

    await join(first, room)
    await join(second, room)

    await first.hears(joined(second.id))
    await second.hearsNothing()
    await bystander.hearsNothing()
  })

  it('[V2R2] names who joined: the name of the session, else its user id, else the socket id', async () => {
    const url = await serverUrl()
    const [room, named, user] = [unique('room'), unique('ada'), unique('user')]
    const member = await connect(url)
    await join(member, room)

    await join(await connectAs(url, user, { name: named }), room)
    await member.hears(joined(named))

    await join(await connectAs(url, user), room)
    await member.hears(joined(user))

    const nameless = await connect(url)
    await join(nameless, room)
    await member.hears(joined(nameless.id))
  })

  it('[V2R3] replays the history instead of a greeting, one frame a message, oldest first', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const texts = ['first', 'second', ' third, with blanks ', '{"json": "text"}']
    const author = await connect(url)
    await say(author, room, texts)

    const joiner = await connect(url)
    joiner.emit('join', { room })

    await joiner.hears(...texts.map(notice))
    await author.hearsNothing()
  })

  it('[V2R4] replays again to a second join, without a second notice', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [member, joiner] = [await connect(url), await connect(url)]
    await join(member, room)
    await say(await connect(url), room, ['one'])
    await member.hears(live('one', expect.any(String)))

    joiner.emit('join', { room })
    await joiner.hears(notice('one'))
    joiner.emit('join', { room })
    await joiner.hears(notice('one'))
    await member.hears(joined(joiner.id))

    joiner.emit('message_event', { room_id: room, message_data: 'two' })
    await joiner.hears(live('two', joiner.id))
    await member.hears(live('two', joiner.id))
  })

  it('[V2R5] says who is back after a leave', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [member, guest] = [await connect(url), await connect(url)]
    await join(member, room)
    await join(guest, room)
    guest.emit('leave', { room })
    await guest.hearsNothing()

    await join(guest, room)

    await member.hears(joined(guest.id), left(room), joined(guest.id))
  })

  it('[V2R6] replays the newest 200 messages, after one text that says that there are older ones', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const texts = Array.from({ length: 203 }, (_, n) => `message ${n}`)
    const authors = await Promise.all([0, 1, 2].map(() => connect(url)))
    for (const [n, message_data] of texts.entries()) {
      await authors[n % 3]?.ask('message_event', { room_id: room, message_data })
    }

    const joiner = await connect(url)
    joiner.emit('join', { room })

    await joiner.hears(notice(text), ...texts.slice(-200).map(notice))
  })

  it('[V2R7] replays exactly 200 messages without such a text', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const texts = Array.from({ length: 200 }, (_, n) => `message ${n}`)
    const authors = await Promise.all([0, 1, 2].map(() => connect(url)))
    for (const [n, message_data] of texts.entries()) {
      await authors[n % 3]?.ask('message_event', { room_id: room, message_data })
    }

    const joiner = await connect(url)
    joiner.emit('join', { room })

    await joiner.hears(...texts.map(notice))
  })

  it('[V2R8] replays at most 256 KiB', async () => {
    const url = await serverUrl()
    const room = unique('room')
    // 47 KiB each: five fit.
    const texts = Array.from({ length: 8 }, (_, n) => `${n}${'€'.repeat(15_999)}`)
    await say(await connect(url), room, texts)

    const joiner = await connect(url)
    joiner.emit('join', { room })

    await joiner.hears(notice(expect.stringMatching(/^(?!.*€).+/)), ...texts.slice(-5).map(notice))
  })

  it('[V2R9] loses, doubles and disorders nothing between the history and what follows it', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const texts = Array.from({ length: 60 }, (_, n) => `message ${n}`)
    const author = await connect(url)
    const joiners = await Promise.all([0, 1, 2].map(() => connect(url)))

    const [early, middle, late] = [texts.slice(0, 20), texts.slice(20, 40), texts.slice(40)]
    await say(author, room, early)
    for (const message_data of middle) author.emit('message_event', { room_id: room, message_data })
    for (const joiner of joiners) joiner.emit('join', { room })
    await say(author, room, late)

    for (const joiner of joiners) {
      const heard = (await joiner.everything()).map(([, response]) => response as { data: string })
      expect(heard.map(({ data }) => data).filter((data) => data.startsWith('message '))).toEqual(texts)
    }
  })

  it('[V2R10] takes a number as a room', async () => {
    const url = await serverUrl()
    const room = Math.floor(Math.random() * 1e15)
    const [member, sender] = [await connect(url), await connect(url)]
    member.emit('join', { room })
    await member.hears(notice(text))

    sender.emit('message_event', { room_id: String(room), message_data: 'hello' })
    await member.hears(live('hello', sender.id))
  })

  it('[V2R11] with an acknowledgement answers a page there and only there, and still tells the others', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [member, joiner] = [await connect(url), await connect(url)]
    await join(member, room)
    await say(joiner, room, ['one', 'two'])
    await member.hears(live('one', joiner.id), live('two', joiner.id))

    const { data, ...answer } = await joiner.ask('join', { room })

    expect(answer).toEqual({ status: 'success', operation: 'join' })
    expect(data).toEqual({
      stream: `room:${room}`,
      epoch: text,
      head: { seq: 2, nth: 2, id: text },
      first_seq: 1,
      entries: [
        { ...messageFields, message_data: 'one', seq: 1, nth: 1, stream: `room:${room}` },
        { ...messageFields, message_data: 'two', seq: 2, nth: 2, stream: `room:${room}` },
      ],
      more: false,
    })
    await joiner.hearsNothing()
    await member.hears(joined(joiner.id))
    member.emit('message_event', { room_id: room, message_data: 'three' })
    await joiner.hears(live('three', member.id))
  })
})

describe('leave', () => {
  it('[V2R12] tells those still in the room, says nothing to the leaver, and ends what it hears', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [member, leaver, bystander] = [await connect(url), await connect(url), await connect(url)]
    await join(leaver, room)
    await join(member, room)
    await leaver.hears(joined(member.id))

    leaver.emit('leave', { room })

    await member.hears(left(room))
    await leaver.hearsNothing()
    await bystander.hearsNothing()
    member.emit('message_event', { room_id: room, message_data: 'alone' })
    await member.hears(live('alone', member.id))
    await leaver.hearsNothing()
  })

  it('[V2R13] of a room that was not joined succeeds and announces nothing', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [member, stranger] = [await connect(url), await connect(url)]
    await join(member, room)

    stranger.emit('leave', { room })
    stranger.emit('leave', { room: unique('nowhere') })
    await stranger.hearsNothing()
    const answer = await stranger.ask('leave', { room })

    expect(answer).toEqual({ status: 'success', operation: 'leave', data: { room } })
    await stranger.hearsNothing()
    await member.hearsNothing()
  })

  it('[V2R14] with an acknowledgement is answered there and still told to the others', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [member, leaver] = [await connect(url), await connect(url)]
    await join(leaver, room)
    await join(member, room)
    await leaver.hears(joined(member.id))

    expect(await leaver.ask('leave', { room })).toEqual({
      status: 'success',
      operation: 'leave',
      data: { room },
    })

    await member.hears(left(room))
    await leaver.hearsNothing()
  })

  it('[V2R15] is not what a disconnect announces', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [member, leaver] = [await connect(url), await connect(url)]
    await join(leaver, room)
    await join(member, room)
    const leaverId = leaver.id

    leaver.socket.disconnect()
    await untilGone(leaverId, member)

    await member.hearsNothing()
  })
})

describe('the requests of one socket', () => {
  it('[V2R20] take effect in their order, without waiting for each other', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const [member, guest] = [await connect(url), await connect(url)]
    await join(member, room)

    guest.emit('join', { room })
    guest.emit('message_event', { room_id: room, message_data: 'inside' })
    guest.emit('leave', { room })
    guest.emit('message_event', { room_id: room, message_data: 'outside' })
    guest.emit('join', { room })

    await guest.hears(notice(text), live('inside', guest.id), notice('inside'), notice('outside'))
    const [inside, outside] = [live('inside', guest.id), live('outside', guest.id)]
    await member.hearsInAnyOrder(joined(guest.id), inside, left(room), outside, joined(guest.id))
  })
})

describe('rooms of two dialects', () => {
  it('[V2R16] tell the V2 sockets, and nobody else, of the comings and goings of both', async () => {
    const url = await serverUrl()
    const [room, user, named] = [unique('room'), unique('user'), unique('ada')]
    const v2 = await connect(url)
    await join(v2, room)
    const current = await connectCurrent(url, user)

    await current.ask('join', { room })
    await v2.hears(joined(user))
    const second = await connectCurrent(url, user, { name: named })
    await second.ask('join', { room })
    await v2.hears(joined(named))
    await second.ask('leave', { room })
    await v2.hears(left(room))

    v2.emit('leave', { room })
    await join(v2, room)
    await current.hearsNothing()
    await second.hearsNothing()
  })

  it('[V2R17] carry messages from one to the other', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const v2 = await connect(url)
    await join(v2, room)
    const current = await connectCurrent(url, unique('user'))
    await current.ask('join', { room })
    await v2.next(1)

    const cid = '01890a5d-ac96-774b-bcce-b302099a8057'
    await current.ask('message_event', { room_id: room, message_data: 'from the SDK', cid })
    await v2.hears(live('from the SDK', current.id))
    await current.next(1)

    v2.emit('message_event', { room_id: room, message_data: 'from a page' })
    await v2.hears(live('from a page', v2.id))
    await current.hears(['entries', expect.objectContaining({ stream: `room:${room}` })])
  })
})

describe('room names', () => {
  it('[V2R18] that look like a socket, a user or a stream receive nothing of theirs', async () => {
    const url = await serverUrl()
    const [room, user] = [unique('room'), unique('user')]
    const victim = await connectAs(url, user)
    const spy = await connect(url)
    for (const name of [
      victim.id,
      user,
      `user:${user}`,
      `socket:${victim.id}`,
      `room:${room}`,
      'demo',
      '*',
    ]) {
      spy.emit('join', { room: name })
    }
    await spy.next(7)
    await spy.hearsNothing()

    victim.emit('join', { room })
    victim.emit('message_event', { room_id: room, message_data: 'secret' })
    await victim.hears(notice(text), live('secret', victim.id))
    await spy.hearsNothing()
    spy.emit('message_event', { room_id: user, message_data: 'to a room' })
    await spy.hears(live('to a room', spy.id))
    await victim.hearsNothing()
  })

  it.skipIf(runningServer)('[V2R19] are a name space of each workspace', async () => {
    const url = await serverUrl()
    const room = unique('room')
    const here = await connect(url)
    const there = await connect(url, { ...otherKey, user_id: 'ada' })
    await join(here, room)
    await join(there, room)

    here.emit('message_event', { room_id: room, message_data: 'here' })

    await here.hears(live('here', here.id))
    await there.hearsNothing()
    await join(await connect(url, { ...otherKey, user_id: 'ben' }), room)
    await there.hears(joined('ben'))
    await here.hearsNothing()
  })
})
