import { parser } from 'engine.io'
import { Decoder, type Packet, PacketType } from 'socket.io-parser'

/** What a fault is for: a client's request, the server's answer to one, or what the server sends by itself. */
export type PacketKind = 'request' | 'ack' | 'push'

/** Who sends. */
export type Side = 'client' | 'server'

/** The kind of an engine.io packet; undefined for what keeps the connection itself: heartbeats, handshakes, upgrades. */
export function kindOf(text: string, from: Side): PacketKind | undefined {
  const { type, data } = parser.decodePacket(text)
  if (type !== 'message') return undefined
  const packet = typeof data === 'string' ? socketPacket(data) : undefined
  if (packet?.type === PacketType.ACK && from === 'server') return 'ack'
  if (packet?.type !== PacketType.EVENT) return undefined
  return from === 'server' ? 'push' : 'request'
}

function socketPacket(text: string): Packet | undefined {
  let found: Packet | undefined
  const decoder = new Decoder()
  decoder.on('decoded', (packet: Packet) => {
    found = packet
  })
  try {
    decoder.add(text)
  } catch {
    // What is no packet is for the other side to refuse.
  }
  return found
}

/** Takes the packets out of the body of a polling request. */
export function packetsIn(body: string): string[] {
  return body === '' ? [] : body.split(separator)
}

/** A body for packets. One that says nothing, where none is left: a body must have one. */
export function bodyOf(packets: readonly string[]): string {
  return packets.length === 0 ? noop : packets.join(separator)
}

/** As engine.io's protocol has it. */
const separator = '\x1e'
const noop = '6'
