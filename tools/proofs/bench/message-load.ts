import { makeCid } from './ids.ts'
import type { RawSocket } from './raw-socket.ts'

/** Who sends what, and how much at once. */
export interface MessagePlan {
  /** All of them in `rooms`, and counted: each has to get each message exactly once. */
  readonly receivers: readonly RawSocket[]
  /** They take turns, message by message. */
  readonly senders: readonly RawSocket[]
  /** The room of the `n`th message. */
  readonly room: (n: number) => string
  /** How many messages are on their way at a time. */
  readonly inFlight: number
  /** Whether the next ones wait until all of them have arrived, and then leave in one tick. */
  readonly burst?: boolean
}

export interface MessageResult {
  readonly acknowledgedMs: Float64Array
  /** For each message and receiver. */
  readonly deliveredMs: Float64Array
  /** The place among the receivers of the one that each of these reached. */
  readonly deliveredTo: Uint16Array
}

// Each text begins with its number. Both servers write `message_data` as they read it, one frame may hold several, and
// to look for it is cheaper than to parse the same frame once a receiver.
const marker = Buffer.from('"message_data":"#')
const success = Buffer.from('"status":"success"')
const firstNumber = 10_000_000
const digits = 8
const filler = ' The quick brown fox jumps over the lazy dog, then does it again to reach a hundred letters'
let nextNumber = firstNumber

function readNumber(frame: Buffer, start: number): number {
  let number = 0
  for (let at = start; at < start + digits; at += 1) number = number * 10 + (frame[at] as number) - 0x30
  return number
}

/** Sends `count` messages; resolves when each is acknowledged and has reached each receiver. */
export function sendMessages(plan: MessagePlan, count: number): Promise<MessageResult> {
  const { receivers, senders, room, inFlight, burst = false } = plan
  const base = nextNumber
  nextNumber += count
  const sentAt = new Float64Array(count)
  const left = new Int32Array(count).fill(receivers.length + 1)
  const acknowledgedMs = new Float64Array(count)
  const deliveredMs = new Float64Array(count * receivers.length)
  const deliveredTo = new Uint16Array(count * receivers.length)
  let deliveries = 0
  let sent = 0
  let done = 0

  return new Promise((resolve, reject) => {
    function send(): void {
      const payload = { room_id: room(sent), message_data: `#${base + sent}${filler}`, cid: makeCid() }
      const sender = senders[sent % senders.length] as RawSocket
      sentAt[sent] = performance.now()
      sent += 1
      sender.emit(base + sent - 1, 'message_event', payload)
    }

    function fill(): void {
      if (burst && sent !== done) return
      for (const until = Math.min(count, done + inFlight); sent < until; ) send()
    }

    function arrived(number: number): number {
      const index = number - base
      const missing = (left[index] ?? 0) - 1
      if (missing < 0) reject(new Error(`Message ${number} came more often than it should, or late`))
      left[index] = missing
      if (missing === 0) {
        done += 1
        if (done === count) resolve({ acknowledgedMs, deliveredMs, deliveredTo })
        else fill()
      }
      return performance.now() - (sentAt[index] as number)
    }

    function onAcknowledgement(id: number, frame: Buffer): void {
      if (!frame.includes(success)) reject(new Error(`A message was refused: ${frame.toString()}`))
      acknowledgedMs[id - base] = arrived(id)
    }

    function onPush(frame: Buffer, receiver: number): void {
      let at = frame.indexOf(marker)
      for (; at !== -1; at = frame.indexOf(marker, at + marker.length + digits)) {
        deliveredTo[deliveries] = receiver
        deliveredMs[deliveries] = arrived(readNumber(frame, at + marker.length))
        deliveries += 1
      }
    }

    for (const [at, receiver] of receivers.entries()) receiver.onPush = (frame) => onPush(frame, at)
    for (const sender of senders) sender.onAcknowledgement = onAcknowledgement
    fill()
  })
}
