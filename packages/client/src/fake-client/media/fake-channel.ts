import { eventOf, soon } from './soon.ts'

/** An `RTCDataChannel`: what is sent arrives in order, and waits while the network is cut. */
export class FakeChannel extends EventTarget {
  readonly label: string
  readonly ordered = true
  readyState: 'connecting' | 'open' | 'closed' = 'connecting'
  /** The other end. */
  other: FakeChannel | undefined
  readonly #isFlowing: () => boolean
  #waiting: unknown[] = []

  constructor(label: string, isFlowing: () => boolean) {
    super()
    this.label = label
    this.#isFlowing = isFlowing
  }

  get bufferedAmount(): number {
    return this.#waiting.length
  }

  send(data: unknown): void {
    if (this.readyState !== 'open')
      throw new DOMException(`The channel ${this.label} is ${this.readyState}`, 'InvalidStateError')
    this.#waiting.push(data)
    this.flush()
  }

  /** Passes on what waits, if it can. */
  flush(): void {
    if (this.readyState !== 'open' || !this.#isFlowing()) return
    for (const data of this.#waiting.splice(0))
      soon(() => this.other?.readyState === 'open' && this.other.dispatchEvent(eventOf('message', { data })))
  }

  open(): void {
    this.readyState = 'open'
    soon(() => this.readyState === 'open' && this.dispatchEvent(eventOf('open')))
  }

  close(): void {
    if (this.readyState === 'closed') return
    this.readyState = 'closed'
    const { other } = this
    soon(() => {
      if (!other || other.readyState === 'closed') return
      other.readyState = 'closed'
      other.dispatchEvent(eventOf('close'))
    })
  }
}
