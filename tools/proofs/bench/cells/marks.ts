import { makeCid, nextUser, userId } from '../ids.ts'
import type { Cell } from '../measure.ts'
import { sendMessages } from '../message-load.ts'
import { repeat } from '../repeat.ts'
import type { Contestant } from '../servers.ts'
import { Arrivals } from './arrivals.ts'
import { ask, connectAs } from './ask.ts'

const receiptOf = (user: number) => `"user_id":"${userId(user)}"`

/**
 * Marks the last message as read, in one room of two people after the other. The reader's other device gets each mark, and
 * so does the other person: from us as a receipt, within a second.
 */
export async function marks(server: Contestant, shape: { rooms: number }): Promise<Cell> {
  const [reader, writer] = [nextUser(), nextUser()]
  const device = await connectAs(server, reader)
  const marked = new Arrivals([await connectAs(server, reader)])
  const peer = await connectAs(server, writer, { role: 'agent' })
  const rooms: string[] = []
  for (let n = 0; n < shape.rooms; n += 1) {
    // Receipts are for rooms with members, which a bare server does not know.
    const made = { kind: 'members' as const, members: [userId(reader)], cid: makeCid() }
    const room = server.isBare ? `marks-${n}` : (await ask(peer, 'create_room', made))._id
    await ask(peer, 'join', { room })
    rooms.push(room)
  }
  let nth = 0
  return {
    async prepare() {
      const plan = { receivers: [], senders: [peer], room: (n: number) => rooms[n] as string, inFlight: 64 }
      const told = server.isBare || new Arrivals([peer]).of(receiptOf(writer), shape.rooms)
      await sendMessages(plan, shape.rooms)
      nth += 1
      // Who writes has read: our server says so in the end, behind all else that follows a message.
      await told
    },
    async run() {
      const receipts = new Arrivals([peer]).of(receiptOf(reader), shape.rooms)
      const work = await repeat(shape.rooms, (n) => {
        const stream = `room:${rooms[n]}`
        return Promise.all([marked.of(`"stream":"${stream}"`, 1), ask(device, 'mark_read', { stream, nth })])
      })
      await receipts
      return work
    },
  }
}
