import { makeCid } from '../bench/ids.ts'

/** Somebody with a connection of their own, in one room of a peer. */
export interface Member {
  /** Called with the number of each message that arrives. */
  onMessage: (number: number) => void
  /** Resolves when the server has acknowledged the message. */
  send(number: number): Promise<unknown>
  close(): unknown
}

export function ignore(): void {}

// Texts as those of the bench, which begin with their number and have the same length.
const filler = ' The quick brown fox jumps over the lazy dog, then does it again to reach a hundred letters'
const digits = 8
const hash = 0x23
let nextNumber = 10_000_000

export function textOf(number: number): string {
  return `#${number}${filler}`
}

/** The number in a text, or in what holds one. */
export function numberIn(bytes: Uint8Array): number {
  const start = bytes.indexOf(hash) + 1
  let number = 0
  for (let at = start; at < start + digits; at += 1) number = number * 10 + (bytes[at] as number) - 0x30
  return number
}

/** What an application sends through a broker that knows nothing of chat: the fields that socket.io servers get. */
export function payloadOf(room: string, number: number): string {
  return JSON.stringify({ room_id: room, message_data: textOf(number), cid: makeCid() })
}

/** How long messages may take in all; a peer that drops one would otherwise keep the proof waiting. */
const deadlineMs = 120_000

/**
 * Sends `count` messages, so many in flight; resolves with how long each acknowledgement took when all have been acknowledged
 * and have reached each receiver exactly once.
 */
export function sendMessages(
  { sender, receivers, inFlight }: { sender: Member; receivers: readonly Member[]; inFlight: number },
  count: number,
): Promise<Float64Array> {
  const base = nextNumber
  nextNumber += count
  const acknowledgedMs = new Float64Array(count)
  const left = new Int32Array(count).fill(receivers.length + 1)
  let sent = 0
  let done = 0

  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${count - done} of ${count} messages are missing`)),
      deadlineMs,
    )

    function send(): void {
      const number = base + sent
      const start = performance.now()
      sent += 1
      sender.send(number).then(() => {
        acknowledgedMs[number - base] = performance.now() - start
        arrived(number)
      }, reject)
    }

    function fill(): void {
      for (const until = Math.min(count, done + inFlight); sent < until; ) send()
    }

    function arrived(number: number): void {
      const missing = (left[number - base] ?? 0) - 1
      if (missing < 0) reject(new Error(`Message ${number} came more often than it should, or late`))
      left[number - base] = missing
      if (missing !== 0) return
      done += 1
      if (done < count) fill()
      else {
        clearTimeout(late)
        resolve(acknowledgedMs)
      }
    }

    for (const receiver of receivers) receiver.onMessage = arrived
    fill()
  })
}
