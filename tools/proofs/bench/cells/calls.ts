import { makeCid, nextUser, userId } from '../ids.ts'
import type { Cell } from '../measure.ts'
import { repeat } from '../repeat.ts'
import type { Contestant } from '../servers.ts'
import { Arrivals } from './arrivals.ts'
import { ask, connectAs } from './ask.ts'

/** As long as a browser's offer of sound and picture. */
const signalData = { type: 'offer', sdp: 'a=rtpmap:111 opus/48000/2\r\n'.repeat(100) }

/** Rings a user's one device and hangs up, call after call. */
export async function calls(server: Contestant, shape: { calls: number }): Promise<Cell> {
  // Agents may ring anybody.
  const caller = await connectAs(server, nextUser(), { role: 'agent' })
  const callee = nextUser()
  const arrivals = new Arrivals([await connectAs(server, callee)])
  const userToCall = userId(callee)
  return {
    run: () =>
      repeat(shape.calls, async () => {
        const [, { callId }] = await Promise.all([
          arrivals.of('["callUser",', 1),
          ask(caller, 'callUser', { userToCall, signalData, cid: makeCid() }),
        ])
        await Promise.all([arrivals.of('["callEnded",', 1), ask(caller, 'endCall', { callId })])
      }),
  }
}
