import type { Failure, RequestName, Session } from '@dowellchat/protocol'
import type { Audience } from '../../delivery/audience.ts'
import type { Facts } from '../../delivery/facts.ts'
import type { Broadcast } from '../../delivery/teller.ts'
import { RequestError } from '../../errors.ts'
import type { ChatSocket } from '../socket.ts'

/** A request as the contract knows it, whatever the socket called it. */
export interface ReadRequest {
  readonly name: RequestName
  /** Canonical, not parsed yet; a function where the store has to be asked first. */
  readonly payload: unknown | (() => Promise<unknown>)
  readonly session: Session
  /** Runs once the request has succeeded, just before it is answered. */
  readonly subscribe?: (data: unknown) => void
  /** Answers on the socket, where there is no acknowledgement. Without it success is silent. */
  readonly answer?: (data: unknown) => void
}

/** How sockets of one dialect are spoken to. Nothing else knows that there are two. */
export interface Dialect {
  /** Sends what a socket hears first; called before it is connected. */
  greet(socket: ChatSocket): void
  /** Joins what the socket hears from connection on. */
  welcome(socket: ChatSocket): void
  /** Throws a `RequestError` for what is no request of this dialect. */
  read(socket: ChatSocket, event: unknown, args: readonly unknown[]): ReadRequest
  /** Tells the socket of a failure, where there is no acknowledgement. */
  fail(socket: ChatSocket, event: unknown, failure: Failure): void
  /** Sends a fact to the sockets of this dialect among the audience. */
  push<K extends keyof Facts>(to: Audience, fact: K, data: Facts[K]): void
  /** Sends new entries to the sockets of this dialect that hear the stream. */
  readonly broadcast: Broadcast
}

/** The one payload of a request. */
export function payloadOf(args: readonly unknown[]): unknown {
  if (args.length > 1) throw new RequestError('invalid_payload', `payload: expected one, got ${args.length}`)
  return args[0]
}

/** A payload that names another workspace than the socket's is refused, whether that one exists or not. */
export function refuseOtherWorkspace(payload: unknown, session: Session): void {
  const named = (payload as { workspace_id?: unknown } | null | undefined)?.workspace_id
  if (named === undefined || named === null || named === '' || named === session.workspace_id) return
  if (typeof named === 'number' && String(named) === session.workspace_id) return
  throw new RequestError('forbidden', 'workspace_id: the connection belongs to another workspace')
}
