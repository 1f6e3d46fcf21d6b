import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { noHints } from '../../../packages/server/src/delivery/hints.ts'
import { Streams } from '../../../packages/server/src/delivery/streams.ts'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { roomKey } from '../stores/drafts.ts'

const subscriber = { expectRoom: () => {}, subscribe: () => true, unsubscribe: () => true }
const atOnce = 200

/** How many MB of memory a server keeps after so many rooms were joined once each. SQLite's own is not in it. */
export async function visitRooms(rooms: number): Promise<{ rooms: number; keptMb: number }> {
  const store = await embeddedStore({ path: ':memory:' })
  const streams = new Streams(store.streams, () => 0, noHints)
  const join = (from: number) =>
    Promise.all(
      Array.from({ length: atOnce }, (_, at) => streams.join(roomKey(`room ${from + at}`), subscriber, {})),
    )
  await join(rooms)
  const before = heapMb()
  for (let from = 0; from < rooms; from += atOnce) await join(from)
  const keptMb = heapMb() - before
  // Still in use, so that it was not collected.
  await streams.idle()
  await store.close()
  return { rooms, keptMb }
}

function heapMb(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed / 1_000_000
}
