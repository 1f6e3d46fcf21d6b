import type { Connection } from '../connection/connection.ts'
import { createLoader } from '../live/loader.ts'
import type { Keeping, Kept } from './keeping.ts'
import type { KeepingPlace } from './keeping-place.ts'

const code = createLoader(() => import('./keeping.ts'))

/** Keeps unsent messages as soon as the code for it is there. Without it they are sent, and not kept. */
export function keepLater(connection: Connection, place: KeepingPlace, kept: Kept): Keeping {
  let keeping: Keeping | undefined
  let hasFailed = false
  /** What was left is to be erased as soon as there is code for that. */
  let isErasing = false

  function load(): void {
    code.load('send_messages').then(
      ({ createKeeping }) => {
        if (keeping) return
        keeping = createKeeping(connection, place, kept)
        kept.onWritten()
        if (isErasing) keeping.erase()
      },
      (failure: unknown) => {
        if (!hasFailed) console.warn('[dowellchat] Unsent messages are not kept', failure)
        hasFailed = true
        kept.onReady()
      },
    )
  }

  load()
  connection.subscribe(() => {
    if (hasFailed && connection.getSnapshot().status === 'online') load()
  })
  return {
    isReady: () => keeping?.isReady() ?? hasFailed,
    isComplete: () => keeping?.isComplete() ?? false,
    // What waits by then is kept when the queue opens.
    put: (stream, item) => keeping?.put(stream, item),
    remove: (cid) => keeping?.remove(cid),
    erase() {
      isErasing = true
      keeping?.erase()
      load()
    },
  }
}
