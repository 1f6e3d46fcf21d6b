import { within } from '../../stores/within.ts'
import type { RawSocket } from '../raw-socket.ts'

const deadlineMs = 10_000

/** Waits for what is pushed to sockets. */
export class Arrivals {
  #text = ''
  #missing = 0
  #arrived: () => void = () => {}

  constructor(sockets: readonly RawSocket[]) {
    for (const socket of sockets) socket.onPush = (frame) => this.#take(frame)
  }

  /** Resolves once a text has been pushed so often, over all sockets. Call it before what causes that, for one text at a time. */
  of(text: string, times: number): Promise<void> {
    this.#text = text
    this.#missing = times
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = resolve
    })
    return within(arrived, deadlineMs, `${text} was not pushed ${times} times`)
  }

  #take(frame: Buffer): void {
    if (this.#missing === 0) return
    let at = frame.indexOf(this.#text)
    for (; at !== -1 && this.#missing > 0; at = frame.indexOf(this.#text, at + 1)) this.#missing -= 1
    if (this.#missing === 0) this.#arrived()
  }
}
