/** Brings sound and picture back after they were interrupted. */
export interface Recovery {
  /** Both parties connect from now on. */
  readonly start: () => void
  readonly onState: (state: RTCPeerConnectionState) => void
  /** Both connect anew, from the beginning. */
  readonly startAgain: () => void
  /** The server can be reached again. */
  readonly onUp: (isIncomplete: boolean) => void
  readonly stop: () => void
}

export interface RecoveryEvents {
  /** Whether the other party can connect anew: V2's pages cannot. */
  canRestart(): boolean
  /** Whether the other party can be asked for it now. */
  isUp(): boolean
  restart(): void
  onConnected(): void
  onInterrupted(): void
  onFailed(): void
}

/** Most interruptions are over by then, without a restart. */
const disconnectedMs = 2_000
/** A restart takes a second or two, through distant servers more. */
const againMs = 5_000
/** A browser without a usable candidate would wait for ever. */
const mostMs = 30_000

export function createRecovery(events: RecoveryEvents): Recovery {
  const network = (globalThis.navigator as { connection?: EventTarget & { type?: string } } | undefined)
    ?.connection
  let networkType = network?.type
  let deadline: ReturnType<typeof setTimeout> | undefined
  let next: ReturnType<typeof setTimeout> | undefined
  let isConnected = false
  /** Restarts go on until it is connected. */
  let isBroken = false
  /** One waits for the server. */
  let isWanted = false

  function start(): void {
    if (!isConnected) deadline ??= setTimeout(events.onFailed, mostMs)
  }

  function restart(): void {
    if (!events.canRestart()) return
    isWanted = !events.isUp()
    if (!isWanted) events.restart()
  }

  function restartIn(ms: number): void {
    clearTimeout(next)
    next = setTimeout(() => {
      restart()
      restartIn(againMs)
    }, ms)
  }

  /** Its addresses are others now, which the browser notices only when nothing comes any more. */
  const onOnline = (): void => restart()

  function onNetwork(): void {
    // The event also tells of another speed.
    if (network?.type === networkType) return
    networkType = network?.type
    restart()
  }

  globalThis.addEventListener?.('online', onOnline)
  network?.addEventListener?.('change', onNetwork)

  /** Nothing is to be brought back. */
  function rest(): void {
    clearTimeout(deadline)
    clearTimeout(next)
    deadline = undefined
    isBroken = false
  }

  return {
    start,
    startAgain() {
      rest()
      isConnected = false
      start()
    },
    onState(state) {
      if (state === 'connected') {
        rest()
        isConnected = true
        events.onConnected()
      } else if (state === 'failed' || state === 'disconnected') {
        isConnected = false
        events.onInterrupted()
        if (events.canRestart()) {
          isBroken = true
          start()
          restartIn(state === 'failed' ? 0 : disconnectedMs)
        } else if (state === 'failed') events.onFailed()
      }
    },
    onUp(isIncomplete) {
      if (isWanted || isIncomplete || isBroken) restart()
    },
    stop() {
      rest()
      globalThis.removeEventListener?.('online', onOnline)
      network?.removeEventListener?.('change', onNetwork)
    },
  }
}
