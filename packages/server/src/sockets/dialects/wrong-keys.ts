import type { Refusals } from '../../identity/refusals.ts'
import type { ChatSocket } from '../socket.ts'

/** A page with an old key, or with none yet, asks again and again; nobody's page asks this often. */
const mostWrong = 200
const windowMs = 10_000

interface Window {
  readonly since: number
  wrong: number
}

/** Watches the keys in the payloads of V2 pages. */
export class WrongKeys {
  readonly #refusals: Refusals
  readonly #windows = new WeakMap<ChatSocket, Window>()

  constructor(refusals: Refusals) {
    this.#refusals = refusals
  }

  /** Throws `rate_limited` while too many wrong keys come from the socket's address. */
  expectFew(socket: ChatSocket, key: string): void {
    // An empty key guesses nothing: many pages send it until they have theirs.
    if (key !== '') this.#refusals.expectKey(socket.data.address)
  }

  /** Counts a wrong key, and closes a socket that sends many. */
  count(socket: ChatSocket, key: string): void {
    if (key !== '') this.#refusals.countKey(socket.data.address)
    const now = performance.now()
    const last = this.#windows.get(socket)
    const window = last && now - last.since < windowMs ? last : { since: now, wrong: 0 }
    window.wrong += 1
    this.#windows.set(socket, window)
    // In the next turn, so that the failure is answered first.
    if (window.wrong === mostWrong) setImmediate(() => socket.disconnect(true))
  }
}
