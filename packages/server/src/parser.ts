import { limits } from '@dowellchat/protocol'
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser'
import { Encoded } from './encoded.ts'

/** socket.io's encoder, which takes the text of what is encoded already instead of making it again. */
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

/** socket.io's decoder, which refuses binary and deep nesting before they cost anything. A throw closes the connection. */
export class FrameDecoder extends Decoder {
  override add(frame: unknown): void {
    if (typeof frame !== 'string') throw new Error('binary frames are not part of the protocol')
    const type = frame.charCodeAt(0) - 48
    if (type === PacketType.BINARY_EVENT || type === PacketType.BINARY_ACK) {
      throw new Error('binary packets are not part of the protocol')
    }
    if (isDeeper(frame, limits.depth)) throw new Error(`a frame may nest ${limits.depth} levels`)
    super.add(frame)
  }
}

const quote = 34
const backslash = 92
const openers = new Set([91, 123])
const closers = new Set([93, 125])

/** Whether JSON nests deeper than that, without parsing it: a parsed one could exhaust the stack of whoever walks it. */
export function isDeeper(json: string, levels: number): boolean {
  // Each level needs two characters.
  if (json.length <= 2 * levels) return false
  let depth = 0
  let inText = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (inText) {
      if (code === backslash) at++
      else if (code === quote) inText = false
    } else if (code === quote) inText = true
    else if (openers.has(code)) {
      depth++
      if (depth > levels) return true
    } else if (closers.has(code)) depth--
  }
  return false
}
