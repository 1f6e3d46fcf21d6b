import type { Manager, ManagerOptions } from 'socket.io-client'

export type Transports = Readonly<NonNullable<ManagerOptions['transports']>>

/** Which transports the next attempt uses. */
export interface TransportChoice {
  /** Requests of one connection reach different servers. Answers whether WebSockets alone are left to be tried. */
  readonly onStray: () => boolean
  /** A connection has ended that was over this transport. */
  readonly onLost: (transport: string | undefined) => void
  /** An attempt has failed for another reason. */
  readonly onFailed: () => void
}

/**
 * Begins with a WebSocket where the last connection was one, which saves four requests; where that fails, as it was.
 * Leaves the transports as they are until requests turn out to stray: a WebSocket is one request, so it goes on with
 * WebSockets alone. Where these fail too, the network may block them: then everything is tried again.
 */
export function chooseTransports(manager: Manager, given: Transports | undefined): TransportChoice {
  const { opts } = manager as unknown as { readonly opts: { transports?: unknown } }
  const all = opts.transports
  const canFallBack = !given || (given.length > 1 && (given as readonly unknown[]).includes('websocket'))
  return {
    onStray() {
      if (canFallBack) opts.transports = ['websocket']
      return canFallBack
    },
    onLost(transport) {
      if (transport !== 'websocket' || opts.transports !== all) return
      const others = (given ?? ['polling']).filter((other) => other !== transport)
      opts.transports = [transport, ...others]
    },
    onFailed() {
      opts.transports = all
    },
  }
}
