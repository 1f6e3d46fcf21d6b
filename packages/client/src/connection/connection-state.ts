import type { PushOf } from '../entities.ts'
import type { ConnectionError } from '../errors.ts'

/**
 * `idle` before the first connect and after the last release, `connecting` until the server answers, `online`, `offline`
 * while the client retries by itself, `refused` when the server has refused it and retrying cannot help.
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'online' | 'offline' | 'refused'

/** The identity that the server has confirmed, and what it may do (`can`). */
export interface ClientSession extends Omit<PushOf<'hello'>, 'guest_token'> {}

/**
 * Where the connection is. Narrows by `status`: `online` has a session, `offline` and `refused` have an error. A session that
 * there was is kept while offline.
 *
 * @example
 * ```ts
 * const state = client.connection.getSnapshot()
 * if (state.status === 'online') greet(state.session.name)
 * if (state.status === 'refused') show(state.error.message)
 * ```
 */
export type ConnectionState =
  | { readonly status: 'idle' | 'connecting'; readonly error: null; readonly session: ClientSession | null }
  | { readonly status: 'online'; readonly error: null; readonly session: ClientSession }
  | {
      readonly status: 'offline' | 'refused'
      readonly error: ConnectionError
      readonly session: ClientSession | null
    }
