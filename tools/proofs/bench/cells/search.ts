import { wait } from '../cpu.ts'
import { searched } from '../features.ts'
import { nextUser } from '../ids.ts'
import type { Cell } from '../measure.ts'
import { repeat } from '../repeat.ts'
import { type Contestant, expectSuccess } from '../servers.ts'
import { ask, connectAs } from './ask.ts'
import { sendTogether, together } from './messages.ts'

const rooms = 20
const hits = 10
const patienceMs = 20_000

/**
 * Looks for a word that ten of a room's fifty messages have. The bare server has no store: the cheapest that finds the same
 * is to look at each text of the room in memory. It takes whole texts as they were typed, and knows no members.
 */
export async function search(server: Contestant, shape: { searches: number }): Promise<Cell> {
  const socket = await connectAs(server, nextUser(), searched)
  const texts = Array.from(
    { length: together },
    (_, n) =>
      `Message ${n} of a room, about as long as others: a ${n % (together / hits) ? 'candle' : 'lantern'} stands on the table`,
  )
  for (let n = 0; n < rooms; n += 1) {
    const room = `searched-${n}`
    const messages = texts.map((message_data) => ({ message_data }))
    if (server.isBare) expectSuccess(await socket.request('keep_texts', { room, messages }))
    else await sendTogether(socket, `room:${room}`, texts)
  }
  const find = async (n: number) => {
    const room = `searched-${n % rooms}`
    return (await ask(socket, 'search', { text: 'lantern', rooms: [room] })).hits.length
  }
  // Messages are indexed behind their answers.
  const until = performance.now() + patienceMs
  for (let n = 0; n < rooms; n += 1)
    while ((await find(n)) < hits) {
      if (performance.now() > until) throw new Error(`Messages are not found after ${patienceMs} ms`)
      await wait(50)
    }
  return {
    run: () =>
      repeat(shape.searches, async (n) => {
        const found = await find(n)
        if (found !== hits) throw new Error(`${found} messages were found, not ${hits}`)
      }),
  }
}
