import type { Audit } from '../../identity/audit.ts'
import type { Refusals } from '../../identity/refusals.ts'
import type { Workspaces } from '../../identity/workspaces.ts'
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
  readonly #audit: Pick<Audit, 'refused'>
  readonly #workspaces: Pick<Workspaces, 'get'>
  readonly #windows = new WeakMap<ChatSocket, Window>()

  constructor(refusals: Refusals, audit: Pick<Audit, 'refused'>, workspaces: Pick<Workspaces, 'get'>) {
    this.#refusals = refusals
    this.#audit = audit
    this.#workspaces = workspaces
  }

  /** Throws `rate_limited` while too many wrong keys come from the socket's address; closes a socket that goes on. */
  expectFew(socket: ChatSocket, key: string): void {
    // An empty key guesses nothing: many pages send it until they have theirs.
    if (key === '') return
    try {
      this.#refusals.expectKey(socket.data.address)
    } catch (error) {
      this.#countOn(socket)
      throw error
    }
  }

  /** Counts a wrong key, and closes a socket that sends many. */
  count(socket: ChatSocket, workspaceId: string, key: string): void {
    if (key !== '') this.#note(socket.data.address, workspaceId)
    this.#countOn(socket)
  }

  #countOn(socket: ChatSocket): void {
    const now = performance.now()
    const last = this.#windows.get(socket)
    const window = last && now - last.since < windowMs ? last : { since: now, wrong: 0 }
    window.wrong += 1
    this.#windows.set(socket, window)
    // In the next turn, so that the failure is answered first.
    if (window.wrong === mostWrong) setImmediate(() => socket.disconnect(true))
  }

  #note(address: string, workspaceId: string): void {
    this.#refusals.countKey(address)
    if (!this.#workspaces.get(workspaceId)) return
    const refusal = { act: 'page_key', by: null, key_id: null, address, result: 'unauthenticated' } as const
    this.#audit.refused(workspaceId, refusal)
  }
}
