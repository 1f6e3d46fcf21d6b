const gatheringMs = 2_000

/** Waits until all candidates are known, but for 2 seconds at most. */
export function gathered(connection: RTCPeerConnection, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController()
    const timer = setTimeout(finish, gatheringMs)
    connection.addEventListener('icegatheringstatechange', look, { signal: done.signal })
    closed.addEventListener('abort', finish, { signal: done.signal })
    look()

    function look(): void {
      if (connection.iceGatheringState === 'complete') finish()
    }

    function finish(): void {
      clearTimeout(timer)
      done.abort()
      resolve()
    }
  })
}
