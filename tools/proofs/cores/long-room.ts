import { ask } from '../bench/cells/ask.ts'
import { sendTogether, together } from '../bench/cells/messages.ts'
import { wait } from '../bench/cpu.ts'
import { searched } from '../bench/features.ts'
import { nextUser } from '../bench/ids.ts'
import type { RawSocket } from '../bench/raw-socket.ts'
import { repeat } from '../bench/repeat.ts'
import type { Contestant } from '../bench/servers.ts'
import { textOf, vocabularyOf } from '../search/texts.ts'
import { pick, seeded } from '../stores/random.ts'

export const seed = 30
const room = 'long'
const stream = `room:${room}`
const pageLength = 50
const patienceMs = 240_000

/** A room of many messages, which are indexed. Nothing of it is in the memory of the server's main thread. */
export interface LongRoom {
  /** Reads a page somewhere in the room. */
  page(socket: RawSocket): Promise<unknown>
  /** Looks for two words, which many messages have one of and few have both. */
  search(socket: RawSocket): Promise<unknown>
  connect(): Promise<RawSocket>
}

export async function fillLongRoom(server: Contestant, messages: number): Promise<LongRoom> {
  const random = seeded(seed)
  const words = vocabularyOf(random, 30_000)
  const connect = () => server.connect(nextUser(), searched)
  const sender = await connect()
  await repeat(
    messages / together,
    () => {
      const texts = Array.from({ length: together }, () => textOf(random, words))
      return sendTogether(sender, stream, texts)
    },
    8,
  )
  const page = (socket: RawSocket) =>
    ask(socket, 'get_messages', {
      stream,
      around: 1 + Math.floor(random() * messages),
      limit: pageLength,
    })
  const search = (socket: RawSocket) =>
    ask(socket, 'search', {
      text: `${pick(random, words.slice(0, 100))} ${pick(random, words.slice(50, 1_000))}`,
      rooms: [room],
    })
  await indexed(sender, messages)
  sender.close()
  return { page, search, connect }
}

/** Messages are indexed behind their answers. The last one that is sent has a word of its own. */
async function indexed(socket: RawSocket, messages: number): Promise<void> {
  await sendTogether(socket, stream, ['quixotic'])
  const until = performance.now() + patienceMs
  const isFound = async () =>
    (await ask(socket, 'search', { text: 'quixotic', rooms: [room] })).hits.length > 0
  while (!(await isFound())) {
    if (performance.now() > until) throw new Error(`${messages} messages are not indexed`)
    await wait(200)
  }
}
