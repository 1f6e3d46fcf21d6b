import { type CallDevice, isSameDevice, type SentSignal } from '@dowellchat/protocol'
import { deviceKey } from '../stores/device-key.ts'

/** How many signals wait for an answer; candidates of one offer are seldom more than 20. */
const mostEarly = 32
/** How many are kept for a party that is away, and of which size, as characters of JSON. */
const mostKept = 64
const mostKeptLength = 192 * 1024

interface Kept extends SentSignal {
  readonly by: CallDevice
  readonly length: number
}

interface Early {
  readonly by: CallDevice
  readonly signal: unknown
  readonly length: number
}

/** What has been sent in a call since its offer, in memory alone: counted, and the newest kept for whoever misses some. */
export class SentSignals {
  /** The last signal of each device that counts its own. */
  readonly #nths = new Map<string, number>()
  #answeredBy: CallDevice | null = null
  #early: Early[] = []
  #kept: Kept[] = []
  #keptLength = 0
  #seq: number
  /** All later than this are kept. */
  #droppedUntil: number

  /** @param since the seq of the last signal that was sent before this server looked after the call */
  constructor(since: number) {
    this.#seq = since
    this.#droppedUntil = since
  }

  /** The device that has answered, once this server has heard of it. */
  get answeredBy(): CallDevice | null {
    return this.#answeredBy
  }

  /** Whether a device has sent its `nth` signal before. A later one of the same device comes after it. */
  isRepeated(by: CallDevice, nth: number | undefined): boolean {
    return nth !== undefined && nth <= (this.#nths.get(deviceKey(by)) ?? 0)
  }

  /** Keeps a caller's signal until somebody answers; false if too many wait. */
  wait(by: CallDevice, nth: number | undefined, signal: unknown): boolean {
    const length = lengthOf(signal)
    if (this.#early.length >= mostEarly || this.#keptLength + length > mostKeptLength) return false
    this.#note(by, nth)
    this.#early.push({ by, signal, length })
    this.#keptLength += length
    return true
  }

  /** The signals that have waited for the answer, counted now. */
  release(): SentSignal[] {
    const early = this.#early
    this.#early = []
    this.#keptLength -= early.reduce((sum, { length }) => sum + length, 0)
    return early.map(({ by, signal, length }) => this.#count(by, signal, length))
  }

  /** Counts the answer, whose seq the store has given. */
  answered(by: CallDevice, seq: number, signal: unknown): void {
    this.#answeredBy = by
    this.#seq = Math.max(this.#seq, seq)
    this.#keep({ seq, signal, kind: 'answer', by, length: lengthOf(signal) })
  }

  add(by: CallDevice, nth: number | undefined, signal: unknown): SentSignal {
    this.#note(by, nth)
    return this.#count(by, signal, lengthOf(signal))
  }

  /** What the other party has sent after a seq, and whether that is all of it. */
  after(device: CallDevice, seq: number): { signals: SentSignal[]; complete: boolean } {
    const missed = this.#kept.filter((one) => one.seq > seq && !isSameDevice(one.by, device))
    const signals = missed.map(({ seq, signal, kind }) => ({ seq, signal, kind }))
    return { signals, complete: seq >= this.#droppedUntil }
  }

  #count(by: CallDevice, signal: unknown, length: number): SentSignal {
    this.#seq += 1
    const sent = { seq: this.#seq, signal, kind: 'signal' } as const
    this.#keep({ ...sent, by, length })
    return sent
  }

  #note(by: CallDevice, nth: number | undefined): void {
    if (nth !== undefined) this.#nths.set(deviceKey(by), nth)
  }

  #keep(sent: Kept): void {
    this.#kept.push(sent)
    this.#keptLength += sent.length
    while (this.#kept.length > mostKept || (this.#keptLength > mostKeptLength && this.#kept.length > 1)) {
      const dropped = this.#kept.shift()
      if (!dropped) return
      this.#keptLength -= dropped.length
      this.#droppedUntil = dropped.seq
    }
  }
}

function lengthOf(signal: unknown): number {
  return JSON.stringify(signal)?.length ?? 0
}
