import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { describeTwoServers, startProxyTo } from './support/two-servers.ts'

const cid = () => randomUUID()
const keyPepper = 'the pepper of both servers'

describeTwoServers('two servers on one MongoDB', ({ newUrl, open, openOne }) => {
  const say = (socket: TestSocket, room_id: string) =>
    socket.ask('message_event', { room_id, message_data: 'hello', cid: cid() })

  it('[MO14] agree who is muted, who has to wait, who is blocked and what was reported', {
    timeout: 300_000,
  }, async () => {
    const [east, west] = await open(newUrl(), 30_000)
    const ann = await east.connect('ann')
    const [benEast, benWest] = [await east.connect('ben'), await west.connect('ben')]
    const zoe = await west.connect('zoe', { role: 'admin' })
    const { _id: room } = await ann.request('create_room', {
      kind: 'members',
      members: ['ben'],
      cid: cid(),
    })

    await ann.request('mute_member', { room, user_id: 'ben', for_ms: 60_000 })
    expect(await benWest.refusal('message_event', { room_id: room, message_data: 'x', cid: cid() })).toBe(
      'forbidden',
    )
    const { changes } = await benWest.first('member_changed', ({ changes }) =>
      changes.some(({ muted_until }) => muted_until !== null),
    )
    expect(changes).toMatchObject([{ user_id: 'ben', role: 'member', muted_until: expect.any(String) }])
    await ann.request('mute_member', { room, user_id: 'ben', for_ms: 0 })
    await benWest.first('member_changed', (one) => one.version > 2 && one.changes[0]?.muted_until === null)

    await ann.request('update_room', { room, slow_mode_ms: 60_000 })
    await benWest.first('room_updated', ({ data }) => data.slow_mode_ms === 60_000)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => say(n % 2 === 0 ? benEast : benWest, room)),
    )
    const codes = answers.map((one) => (one.status === 'success' ? 'sent' : one.error.code)).toSorted()
    expect(codes).toEqual([...Array.from({ length: 9 }, () => 'rate_limited'), 'sent'])

    const { report_id } = await ann.request('report', { user_id: 'ben', reason: 'Spam', cid: cid() })
    await zoe.first('report_changed', ({ data }) => data._id === report_id)
    expect((await zoe.request('get_reports', {})).reports.map(({ _id }) => _id)).toEqual([report_id])

    await ann.request('block_user', { user_id: 'ben' })
    const adding = { kind: 'members', members: ['ann'], cid: cid() }
    expect(await benWest.refusal('create_room', adding)).toBe('forbidden')
  })

  it('[MO1] answer who repeats what their server was making when it was cut off from MongoDB, though muted since', async () => {
    const url = newUrl()
    const { proxy, url: troubled } = await startProxyTo(url)
    const store = await mongoStore({ url: troubled, deadlineMs: 2_000 })
    const east = await openChat(onTestFinished, { store, keyPepper })
    const west = await openOne(url, 30_000, { keyPepper })
    const [ann, ben] = [await east.connect('ann'), await east.connect('ben')]
    // Nobody there hears the room, for whom it would read the log and complete the change.
    const admin = await west.connect('zoe', { role: 'admin' })
    const { _id: room } = await ann.request('create_room', { kind: 'members', members: ['ben'], cid: cid() })
    const said = await ann.request('message_event', { room_id: room, message_data: 'hello', cid: cid() })
    const reaction = {
      stream: `room:${room}`,
      seq: said.seq,
      message_id: said._id,
      reaction: '👍',
      cid: cid(),
    }

    // It has said that it makes the change, and gets no further.
    let isCut = false
    proxy.set(({ name, document }) => {
      isCut ||= name === 'insert' && document.insert === 'entries'
      return isCut ? 'cut before' : undefined
    })
    expect(await ben.refusal('react', reaction)).toBe('unavailable')
    await admin.request('mute_member', { room, user_id: 'ben', for_ms: 60_000 })

    const benWest = await west.connect('ben')
    const made = { seq: said.seq, reactions: [{ reaction: '👍', count: 1 }] }
    expect(await benWest.request('react', reaction)).toMatchObject({ message: made, changed: false })
    expect(await benWest.refusal('react', { ...reaction, cid: cid() })).toBe('forbidden')
    proxy.set(undefined)
  })
})
