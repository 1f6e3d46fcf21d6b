import type { ServerResponse } from 'node:http'
import { type EngineConnection, privateTransportOf } from './private-transport.ts'
import type { ChatIo } from './socket.ts'

interface Packet {
  readonly data?: string | Buffer
  readonly options?: { readonly wsPreEncodedFrame?: readonly Buffer[] }
}

/** What engine.io's connections keep to themselves. */
interface PrivateConnection {
  readonly writeBuffer?: readonly Packet[]
}

/** The answers to a connection's polls. */
interface Polls {
  /** Bytes that the client has not taken. */
  unread: number
  /** Bytes that it has taken. */
  read: number
  readonly open: Set<ServerResponse>
}

/** How long a connection that is closed has to take what waits for it. */
export const pollFarewellMs = 3_000

const polls = new WeakMap<EngineConnection, Polls>()
/** The bytes of the packets that were counted, by the list that they wait in. Lists grow until they are flushed whole. */
const counted = new WeakMap<readonly Packet[], { packets: number; bytes: number }>()

/** Bytes that wait to be written, in engine.io, `ws`, the system's queue and the answers to polls. */
export function waitingBytes(connection: EngineConnection): number {
  const { writeBuffer } = connection as unknown as PrivateConnection
  const { socket } = privateTransportOf(connection)
  const passed = socket?.bufferedAmount ?? polls.get(connection)?.unread ?? 0
  return writeBuffer && writeBuffer.length > 0 ? passed + bytesOf(writeBuffer) : passed
}

/** Bytes that have been written so far. Only differences mean something. */
export function writtenBytes(connection: EngineConnection): number {
  const tcp = privateTransportOf(connection).socket?._socket
  return tcp ? tcp.bytesWritten - tcp.writableLength : (polls.get(connection)?.read ?? 0)
}

/** Calls a function once, when what is being written has been written. It may also never be called. */
export function onceWritten(connection: EngineConnection, listener: () => void): void {
  connection.transport.once('ready', listener)
}

/** Drops the answers to polls that the client has not taken, with what they wait behind: Node keeps those whose turn never comes. */
export function dropPolls(connection: EngineConnection): void {
  for (const { req } of polls.get(connection)?.open ?? []) req.socket.destroy()
}

/**
 * Counts the answers to polls: engine.io forgets them while the client may not have read them. Where a connection ends or goes
 * on as a WebSocket, they are dropped soon.
 */
export function countPolls(io: ChatIo): void {
  io.engine.on('connection', (connection: EngineConnection) => {
    if (connection.transport.name !== 'polling') return
    connection.on('flush', onPolled)
    connection.once('upgrade', onLastPoll)
    connection.once('close', onLastPoll)
  })
}

function onLastPoll(this: EngineConnection): void {
  this.off('flush', onPolled)
  if (polls.get(this)?.open.size) setTimeout(dropPolls, pollFarewellMs, this).unref()
}

function onPolled(this: EngineConnection, packets: readonly Packet[]): void {
  const { res } = privateTransportOf(this)
  if (!res) return
  const bytes = bytesOf(packets)
  const known = polls.get(this) ?? { unread: 0, read: 0, open: new Set() }
  polls.set(this, known)
  known.unread += bytes
  known.open.add(res)
  res.once('close', () => {
    known.unread -= bytes
    known.read += bytes
    known.open.delete(res)
  })
}

function bytesOf(packets: readonly Packet[]): number {
  const known = counted.get(packets) ?? { packets: 0, bytes: 0 }
  for (; known.packets < packets.length; known.packets += 1)
    known.bytes += sizeOf(packets[known.packets] as Packet)
  counted.set(packets, known)
  return known.bytes
}

function sizeOf({ data, options }: Packet): number {
  const frame = options?.wsPreEncodedFrame
  if (frame) return frame.reduce((size, part) => size + part.length, 0)
  return data === undefined ? 1 : Buffer.byteLength(data)
}
