import type { Audit } from '../../identity/audit.ts'
import type { Refusals } from '../../identity/refusals.ts'
import type { Workspaces } from '../../identity/workspaces.ts'
import type { ChatSocket } from '../socket.ts'

/** Watches the keys in the payloads of V2 pages. */
export class WrongKeys {
  readonly #refusals: Refusals
  readonly #audit: Pick<Audit, 'refused'>
  readonly #workspaces: Pick<Workspaces, 'get'>

  constructor(refusals: Refusals, audit: Pick<Audit, 'refused'>, workspaces: Pick<Workspaces, 'get'>) {
    this.#refusals = refusals
    this.#audit = audit
    this.#workspaces = workspaces
  }

  /** Throws `rate_limited` while too many wrong keys come from the socket's address. */
  expectFew(socket: ChatSocket, key: string): void {
    // An empty key guesses nothing: many pages send it until they have theirs.
    if (key !== '') this.#refusals.expectKey(socket.data.address)
  }

  /** Counts a wrong key. */
  count(socket: ChatSocket, workspaceId: string, key: string): void {
    if (key !== '') this.#note(socket.data.address, workspaceId)
  }

  #note(address: string, workspaceId: string): void {
    this.#refusals.countKey(address)
    if (!this.#workspaces.get(workspaceId)) return
    const refusal = { act: 'page_key', by: null, key_id: null, address, result: 'unauthenticated' } as const
    this.#audit.refused(workspaceId, refusal)
  }
}
