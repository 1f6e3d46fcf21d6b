import type { ChatSocket, Transports } from './socket.ts'

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
export function chooseTransports(socket: Pick<ChatSocket, 'transports'>): TransportChoice {
  const given = socket.transports
  const canFallBack = !given || (given.length > 1 && (given as readonly unknown[]).includes('websocket'))
  return {
    onStray() {
      if (canFallBack) socket.transports = ['websocket']
      return canFallBack
    },
    onLost(transport) {
      if (transport !== 'websocket' || socket.transports !== given) return
      const others = [...(given ?? ['polling'])].filter((other) => other !== transport)
      socket.transports = [transport, ...others] as Transports
    },
    onFailed() {
      socket.transports = given
    },
  }
}
