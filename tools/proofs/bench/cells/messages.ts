import { makeCid, nextUser } from '../ids.ts'
import type { Cell } from '../measure.ts'
import type { RawSocket } from '../raw-socket.ts'
import { repeat } from '../repeat.ts'
import type { Contestant } from '../servers.ts'
import { Arrivals } from './arrivals.ts'
import { ask, connectAs } from './ask.ts'

export const together = 50
const filler = 'The quick brown fox jumps over the lazy dog, then does it again to reach a hundred letters'

/** Sends messages together, and answers what they are. Throws where one of them fails. */
export async function sendTogether(socket: RawSocket, stream: string, texts: readonly string[]) {
  const messages = texts.map((message_data) => ({ message_data, cid: makeCid() }))
  const sent = await ask(socket, 'send_messages', { stream, messages })
  return sent.results.map((one) => {
    if ('message' in one) return one.message
    throw new Error(`A message was refused: ${JSON.stringify(one.error)}`)
  })
}

/** Fifty messages in each request, to an empty room. */
export async function batches(
  server: Contestant,
  shape: { requests: number; inFlight: number },
): Promise<Cell> {
  const sender = await connectAs(server, nextUser())
  const texts = Array.from({ length: together }, (_, n) => `#${n} ${filler}`)
  return {
    async run() {
      const send = () => sendTogether(sender, 'room:batches', texts)
      const { latenciesMs } = await repeat(shape.requests, send, shape.inFlight)
      return { units: shape.requests * together, latenciesMs }
    },
  }
}

/** Everybody in a room reacts to each of its last messages, one after the other. */
export async function reactions(
  server: Contestant,
  shape: { members: number; messages: number },
): Promise<Cell> {
  const [room, stream] = ['reactions', 'room:reactions']
  const members: RawSocket[] = []
  for (let n = 0; n < shape.members; n += 1) members.push(await connectAs(server, nextUser()))
  for (const member of members) await ask(member, 'join', { room })
  const [first] = members as [RawSocket]
  const arrivals = new Arrivals(members)
  let targets: { seq: number; message_id: string }[] = []
  return {
    async prepare() {
      const texts = Array.from({ length: shape.messages }, (_, n) => `#${n} ${filler}`)
      const sent = await sendTogether(first, stream, texts)
      // The bare server stores none, and passes on any.
      targets = texts.map((message_id, n) => {
        const message = sent[n]
        return message ? { seq: message.seq, message_id: message._id } : { seq: n + 1, message_id }
      })
    },
    async run() {
      const { latenciesMs } = await repeat(shape.messages * shape.members, async (n) => {
        const target = targets[Math.floor(n / shape.members)] as (typeof targets)[number]
        const cid = makeCid()
        await Promise.all([
          arrivals.of(`"cid":"${cid}"`, shape.members),
          ask(members[n % shape.members] as RawSocket, 'react', { stream, ...target, reaction: '👍', cid }),
        ])
      })
      return { units: latenciesMs.length * shape.members, latenciesMs }
    },
  }
}
