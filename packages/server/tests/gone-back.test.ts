import { randomUUID } from 'node:crypto'
import { roomStream } from '@dowellchat/protocol'
import { MongoClient } from 'mongodb'
import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from './support/two-servers.ts'

describeTwoServers('a server whose MongoDB goes back', ({ newUrl, openOne }) => {
  it('[MF8] tells those who have a room in their lists of what is said there from then on', async () => {
    const url = newUrl()
    const chat = await openOne(url, 10_000)
    const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
    const members = ['ben']
    const { _id: room } = await ann.request('create_room', { kind: 'members', members, cid: randomUUID() })
    await ben.request('get_rooms', {})
    const say = (message_data: string) =>
      ann.request('message_event', { room_id: room, message_data, cid: randomUUID() })
    const untilTold = (seq: number, text: string) =>
      ben.first('room_activity', ({ rooms }) =>
        rooms.some(({ head, last }) => head.seq === seq && last?.message_data === text),
      )
    for (let n = 1; n <= 5; n++) await say(`${n}`)
    await untilTold(5, '5')

    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    const stream = roomStream(room)
    const entries = client.db().collection('entries')
    const third = await entries.findOne({ stream, seq: 3 })
    await entries.deleteMany({ stream, seq: { $gt: 3 } })
    const head = { head_seq: 3, head_nth: 3, head_id: third?._id }
    await client.db().collection('streams').updateOne({ stream }, { $set: head })
    expect((await ann.request('join', { room })).head.seq).toBe(3)
    await say('again')
    await untilTold(4, 'again')
  })
})
