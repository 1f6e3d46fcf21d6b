/**
 * Follows what the device knows of its network. Calls `tell(false)` when there is none, and `tell(true)` when there is one,
 * or when the application may have slept and is in front again. Returns how to stop following.
 */
export type WatchNetwork = (tell: (isOnline: boolean) => void) => () => void

/** What the device knows of its network, while it is followed. */
export interface Network {
  readonly start: () => void
  readonly stop: () => void
  /** Whether the device knows that no server can be reached. */
  readonly isOffline: () => boolean
}

// A computer reaches its own servers without any network.
const ownServer = /^\w+:\/\/(localhost|[^/:]+\.localhost|127\.|\[::1\])/

export function createNetwork(
  url: string,
  given: WatchNetwork | undefined,
  onChange: (isOnline: boolean) => void,
): Network {
  const isOwn = ownServer.test(url)
  let told = true
  let stop: (() => void) | undefined

  function tell(isOnline: boolean): void {
    told = isOnline
    onChange(isOnline)
  }
  return {
    start() {
      stop ??= (given ?? watchBrowser)(tell)
    },
    stop() {
      stop?.()
      stop = undefined
      told = true
    },
    isOffline: () => !isOwn && !(told && (given !== undefined || isOnline())),
  }
}

/** Whether a browser says that there is a network; other environments know of none. */
const isOnline = (): boolean => (globalThis.navigator as Navigator | undefined)?.onLine !== false

/** Whether somebody may be looking: false in a hidden tab. */
export const isVisible = (): boolean =>
  (globalThis.document as Document | undefined)?.visibilityState !== 'hidden'

/** Where there are no such events, nothing is told. */
function watchBrowser(tell: (isOnline: boolean) => void): () => void {
  const page: Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> = globalThis
  const { document } = globalThis as { document?: Document }
  const look = (): void => void (isVisible() && tell(isOnline()))
  const lost = (): void => tell(false)
  const back = (): void => tell(true)
  const events = [
    [page, 'offline', lost],
    [page, 'online', back],
    // From the browser's cache of pages, or after sleep.
    [page, 'pageshow', look],
    [page, 'focus', look],
    [document, 'visibilitychange', look],
  ] as const
  for (const [target, event, listener] of events) target?.addEventListener?.(event, listener)
  return () => {
    for (const [target, event, listener] of events) target?.removeEventListener?.(event, listener)
  }
}
