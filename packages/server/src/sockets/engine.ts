import { Server } from 'engine.io'
import type { OpenConnection } from '../http/admission.ts'

/** How many packets one polling body may have. V2 pages send a hundred at once when they load. */
const mostPackets = 1_000
const separator = '\u001e'

/** How long a client may take to hear that its connection ends. By default it is half a minute, on both transports. */
const closeTimeout = 5_000
/** By default a WebSocket takes 131,072 fragments. */
const webSocketOptions = { closeTimeout, maxFragments: 1_024 }

/** What a WebSocket transport keeps to itself. Another version of engine.io or `ws` may not have it: then each packet is a write. */
interface WebSocketTransport {
  readonly socket?: { readonly _socket?: { cork(): void; uncork(): void } | null }
  send(packets: readonly object[]): void
}

interface PayloadParser {
  decodePayload(payload: string): object[]
}

/** engine.io's server, where it must be narrower than its options allow. What is not public API of engine.io is used here alone. */
export class ChatEngine extends Server {
  #parser: PayloadParser | undefined

  /** An open connection by its id. */
  find(sid: string): OpenConnection | undefined {
    return Object.hasOwn(this.clients, sid) ? this.clients[sid] : undefined
  }

  protected override init(): void {
    super.init()
    const { ws } = this as unknown as { readonly ws?: { readonly options: object } }
    if (ws) Object.assign(ws.options, webSocketOptions)
  }

  protected override createTransport(...args: Parameters<Server['createTransport']>) {
    const transport = super.createTransport(...args)
    if (transport.name === 'polling') {
      const polling = transport as unknown as { parser: PayloadParser; closeTimeout: number }
      this.#parser ??= boundedParser(polling.parser)
      polling.parser = this.#parser
      polling.closeTimeout = closeTimeout
    } else {
      transport.send = sendTogether
    }
    return transport
  }
}

/**
 * Writes packets that leave together at once: `ws` makes one call of the system of each, which is 9 of the 50 µs that a message
 * costs where many are answered (`pnpm prove bench --only accepted-64`). One function for all transports, since a closure for
 * each would cost memory.
 */
function sendTogether(this: unknown, packets: readonly object[]): void {
  const transport = this as WebSocketTransport
  const { send } = Object.getPrototypeOf(transport) as WebSocketTransport
  const tcp = packets.length > 1 ? transport.socket?._socket : undefined
  tcp?.cork()
  try {
    send.call(transport, packets)
  } finally {
    tcp?.uncork()
  }
}

/** A parser to which a body of too many packets is a broken one, before it has looked at them. */
function boundedParser(parser: PayloadParser): PayloadParser {
  return {
    ...parser,
    decodePayload: (payload) =>
      hasMore(payload, mostPackets)
        ? [{ type: 'error', data: 'parser error' }]
        : parser.decodePayload(payload),
  }
}

function hasMore(payload: string, packets: number): boolean {
  let count = 1
  for (let at = payload.indexOf(separator); at >= 0; at = payload.indexOf(separator, at + 1)) {
    count += 1
    if (count > packets) return true
  }
  return false
}
