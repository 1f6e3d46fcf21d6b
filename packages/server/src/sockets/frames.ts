import { limits } from '@dowellchat/protocol'
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser'
import { Encoded } from '../delivery/encoded.ts'

/** socket.io's encoder, but an `Encoded` value is written as its text. */
export class FrameEncoder extends Encoder {
  override encode(packet: Packet): string[] {
    const isPlain = packet.type === PacketType.EVENT || packet.type === PacketType.ACK
    // The contract has no binary, so the search for it is left out.
    return isPlain && Array.isArray(packet.data)
      ? [frameOf(packet, packet.data)]
      : (super.encode(packet) as string[])
  }
}

function frameOf({ type, nsp, id }: Packet, data: readonly unknown[]): string {
  const items = data.map((item) => (item instanceof Encoded ? item.text : (JSON.stringify(item) ?? 'null')))
  return `${type}${nsp && nsp !== '/' ? `${nsp},` : ''}${id ?? ''}[${items.join(',')}]`
}

/** How often one connection may connect a socket. Clients of ours do it once. */
const mostConnects = 16

/** How often one connection may ask for a namespace, or acknowledge what the server has not asked for. */
const mostViolations = 5
const slash = 47

/** A connection has broken socket.io's protocol too often. */
export class ProtocolAbuse extends Error {}

/**
 * socket.io's decoder, which refuses binary, deep nesting and repeated handshakes before they cost anything. A throw closes the
 * connection.
 */
export class FrameDecoder extends Decoder {
  #connects = 0
  #violations = 0

  override add(frame: unknown): void {
    if (typeof frame !== 'string') throw new Error('binary frames are not part of the protocol')
    const type = frame.charCodeAt(0) - 48
    if (type === PacketType.BINARY_EVENT || type === PacketType.BINARY_ACK) {
      throw new Error('binary packets are not part of the protocol')
    }
    if (type === PacketType.CONNECT && ++this.#connects > mostConnects)
      throw new Error(`a connection may send ${mostConnects} handshakes`)
    if ((type === PacketType.ACK || frame.charCodeAt(1) === slash) && ++this.#violations > mostViolations)
      throw new ProtocolAbuse('it asks for namespaces or acknowledges what nobody has asked')
    if (isDeeper(frame, limits.depth)) throw new Error(`a frame may nest ${limits.depth} levels`)
    super.add(frame)
  }
}

const backslash = 92
const quote = 34
const openBracket = 91
const openBrace = 123
const closeBracket = 93
const closeBrace = 125

/** Whether JSON nests deeper than some levels. Does not parse it: walking a parsed value could exhaust the stack. */
export function isDeeper(json: string, levels: number): boolean {
  // Each level needs two characters.
  if (json.length <= 2 * levels) return false
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === quote) at = endOfText(json, at)
    else if (code === openBracket || code === openBrace) {
      depth++
      if (depth > levels) return true
    } else if (code === closeBracket || code === closeBrace) depth--
  }
  return false
}

/** Where the text ends that begins with the quote at `start`. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0
    while (json.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return json.length
}
