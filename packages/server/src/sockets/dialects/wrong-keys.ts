import { RequestError } from '../../errors.ts'
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

  /** Runs `enter`, which throws if the key is wrong. Counts wrong keys, and closes a socket that sends many. */
  watch<T>(socket: ChatSocket, key: string, enter: () => T): T {
    const { address } = socket.data
    // An empty key guesses nothing: many pages send it until they have theirs.
    if (key !== '') this.#refusals.expectKey(address)
    try {
      return enter()
    } catch (error) {
      if (error instanceof RequestError && error.code === 'unauthenticated') {
        if (key !== '') this.#refusals.countKey(address)
        this.#count(socket)
      }
      throw error
    }
  }

  #count(socket: ChatSocket): void {
    const now = performance.now()
    const last = this.#windows.get(socket)
    const window = last && now - last.since < windowMs ? last : { since: now, wrong: 0 }
    window.wrong += 1
    this.#windows.set(socket, window)
    // In the next turn, so that the failure is answered first.
    if (window.wrong === mostWrong) setImmediate(() => socket.disconnect(true))
  }
}
