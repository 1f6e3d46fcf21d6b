import type { ServerResponse } from 'node:http'

/** How often it is looked whether something goes on, in each span of silence. */
const looks = 4

/**
 * Ends something that does not go on for a while.
 * @param progress a number that changes as it goes on; undefined while the other side is not waited for
 * @returns a function that stops the watch
 */
export function endIfSilent(
  silenceMs: number,
  progress: () => number | undefined,
  end: () => void,
): () => void {
  let last = progress()
  let still = 0
  const timer = setInterval(() => {
    const now = progress()
    still = now === undefined || now !== last ? 0 : still + 1
    last = now
    if (still < looks) return
    clearInterval(timer)
    end()
  }, silenceMs / looks).unref()
  return () => clearInterval(timer)
}

/** Ends an answer of which nothing is read for a while, with its connection. One that is not ready yet may take its time. */
export function endUnread(response: ServerResponse, silenceMs: number): void {
  const { socket } = response.req
  const taken = (): number | undefined => {
    // Node does not close an answer whose turn on its connection has never come.
    if (socket.destroyed) return -1
    const isUnread = response.socket !== null && response.writableLength > 0
    return isUnread ? socket.bytesWritten - socket.writableLength : undefined
  }
  // Not by the timeout of the socket, which whatever the client sends would put off.
  response.once(
    'close',
    endIfSilent(silenceMs, taken, () => response.destroy()),
  )
}
