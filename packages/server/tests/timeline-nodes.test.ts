import { randomUUID } from 'node:crypto'
import { isMessage, type Message } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { messagesIn, type TestSocket } from '../src/testing/connect.ts'
import { describeTwoServers } from './support/two-servers.ts'

async function told(socket: TestSocket, stream: string): Promise<Message[]> {
  const { entries } = await socket.request('get_messages', { stream, after: 0 })
  return entries.filter(isMessage)
}

describeTwoServers('the timeline over two servers', ({ newUrl, open }) => {
  it('[TL3, TL7] shows what happens and what is noted on the other server, each once', async () => {
    const [east, west] = await open(newUrl(), 20_000)
    const root = await east.connect('root', { role: 'admin' })
    await root.request('create_topic', { name: 'sales', cid: randomUUID() })
    for (const user_id of ['mia', 'max'])
      await root.request('create_line_manager', {
        ...{
          user_id,
          positions_in_a_line: 1,
          average_serving_time: 4,
          is_unmanaged: true,
          cid: randomUUID(),
        },
      })
    const ann = await east.connect('ann', { name: 'Ann' })
    const [mia, max] = [
      await east.connect('mia', { role: 'agent' }),
      await west.connect('max', { role: 'agent' }),
    ]
    const opening = { product: 'sales', message_data: 'Where is my parcel?', cid: randomUUID() }
    const { _id: ticket_id } = await ann.request('create_ticket', opening)
    await max.request('join_ticket', { ticket_id })
    await max.request('join_notes', { ticket_id })

    const note = { message_data: 'Ask the shop', cid: randomUUID() }
    await mia.request('send_messages', { stream: `notes:${ticket_id}`, messages: [note] })
    await mia.request('assign_ticket', { ticket_id, line_manager: 'max' })
    await max.request('hold_ticket', { ticket_id, is_on_hold: true })
    const closed = await Promise.all([mia, max].map((one) => one.request('close_ticket', { ticket_id })))
    expect(closed.filter(({ closed_now }) => closed_now)).toHaveLength(1)
    const rating = { ticket_id, score: 4 }
    for (const _ of [1, 2]) await ann.request('rate_ticket', rating)

    const all = await told(ann, `ticket:${ticket_id}`)
    const kinds = all.map(({ kind }) => kind).filter((kind) => kind !== 'transferred' && kind !== 'assigned')
    expect(kinds).toEqual(['text', 'held', 'closed', 'rated'])
    expect(all[0]).toMatchObject({ message_data: 'Where is my parcel?', author: 'ann' })
    const heard = () => messagesIn(max.frames).map(({ message_data }) => message_data)
    await expect.poll(heard, { timeout: 20_000 }).toContain('Rated 4 of 5')
    // Of another stream, so that it may come before or after.
    await expect.poll(heard, { timeout: 20_000 }).toContain('Ask the shop')
    expect(heard().filter((text) => text === 'Ask the shop')).toHaveLength(1)
    expect(JSON.stringify(ann.frames)).not.toContain('Ask the shop')
  })
})
