import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { TestSocket } from '../src/testing/connect.ts'
import { describeTwoServers } from './support/two-servers.ts'

const cid = () => randomUUID()

describeTwoServers('two servers on one MongoDB', ({ newUrl, open }) => {
  const say = (socket: TestSocket, room_id: string) =>
    socket.ask('message_event', { room_id, message_data: 'hello', cid: cid() })

  it('[MO14] agree who is muted, who has to wait, who is blocked and what was reported', {
    timeout: 120_000,
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
})
