import { wait } from '../cpu.ts'
import { makeCid, nextUser, userId } from '../ids.ts'
import type { Cell } from '../measure.ts'
import { repeat } from '../repeat.ts'
import type { Contestant } from '../servers.ts'
import { Arrivals } from './arrivals.ts'
import { ask, connectAs } from './ask.ts'

const product = 'bench'
/** Until what our server does behind new tickets is over. */
const calmMs = 1_200

/** An agent takes the first ticket of a line until it is empty; the customer learns of each. */
export async function claims(server: Contestant, shape: { tickets: number }): Promise<Cell> {
  const agent = nextUser()
  if (!server.isBare) await openLine(server, agent)
  const socket = await connectAs(server, agent, { role: 'agent' })
  const customer = await connectAs(server, nextUser())
  const arrivals = new Arrivals([customer])
  let waiting: string[] = []
  return {
    async prepare() {
      waiting = []
      // One after the other, so that they wait in this order.
      for (let n = 0; n < shape.tickets; n += 1)
        waiting.push((await ask(customer, 'create_ticket', { product, cid: makeCid() }))._id)
      if (!server.isBare) await wait(calmMs)
    },
    run: () =>
      repeat(shape.tickets, async (n) => {
        const id = waiting[n]
        const [, { _id }] = await Promise.all([
          arrivals.of(`"_id":"${id}"`, 1),
          ask(socket, 'claim_next', { cid: makeCid() }),
        ])
        if (_id !== id) throw new Error(`The ticket ${_id} was claimed, and ${id} is the first of the line`)
      }),
  }
}

/** A topic and its line manager, whom the line itself gives nothing. */
async function openLine(server: Contestant, agent: number): Promise<void> {
  const admin = await connectAs(server, nextUser(), { role: 'admin' })
  const user_id = userId(agent)
  await ask(admin, 'create_topic', { name: product, cid: makeCid() })
  const rank = { positions_in_a_line: 1, average_serving_time: 5 }
  await ask(admin, 'create_line_manager', { user_id, ...rank, cid: makeCid() })
  await ask(admin, 'update_line_manager', { user_id, is_active: false })
  admin.close()
}
