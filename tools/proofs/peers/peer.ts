import { ignore, type Member, sendMessages } from './load.ts'
import { type PeerProcess, residentBytes } from './process.ts'
import type { About, Server } from './server.ts'

/** Connects somebody to a room; one who only sends need not be in it, where the peer allows that. */
export type Connect = (room: string, does: 'send' | 'send and receive') => Promise<Member>

/** The work of the table on a peer. */
export function peerServer(about: About, { pids, stop }: PeerProcess, connect: Connect): Server {
  return {
    about,
    pids,
    stop,
    residentBytes: async () => residentBytes(pids),
    join: (room) => connect(room, 'send and receive'),

    async fanOut({ members, inFlight, messages }) {
      const receivers: Member[] = []
      for (let n = 0; n < members; n += 1)
        receivers.push(await connect(`fan-${members}-${inFlight}`, 'send and receive'))
      const sender = receivers[0] as Member
      return {
        async run() {
          const latenciesMs = await sendMessages({ sender, receivers, inFlight }, messages)
          return { units: messages * members, latenciesMs }
        },
      }
    },

    async accept({ inFlight, messages }) {
      const sender = await connect(`accept-${inFlight}`, 'send')
      sender.onMessage = ignore
      return {
        async run() {
          const latenciesMs = await sendMessages({ sender, receivers: [], inFlight }, messages)
          return { units: messages, latenciesMs }
        },
      }
    },
  }
}
