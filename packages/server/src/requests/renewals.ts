import { type Session, streamOwner } from '@dowellchat/protocol'
import type { Connection } from '../delivery/connection.ts'
import type { Threads } from '../delivery/threads.ts'
import { RequestError } from '../errors.ts'
import type { Identity } from '../identity/identity.ts'
import type { LastSeen } from '../identity/last-seen.ts'
import { isAllowedRoom, rightOf } from '../identity/permissions.ts'
import type { Prove } from '../identity/proof.ts'
import type { Revocations } from '../identity/revocations.ts'
import { SerialQueues } from '../queues/serial-queues.ts'
import type { Store, StreamKey } from '../stores/store.ts'

export interface RenewalOptions {
  readonly proveToken: Prove
  readonly revocations: Revocations
  readonly tickets: Store['tickets']
  readonly threads: Pick<Threads, 'find'>
  /** Learns of the user's name and picture. */
  readonly lastSeen: Pick<LastSeen, 'note'>
}

/** Newer tokens for open connections. */
export class Renewals {
  readonly #options: RenewalOptions
  /** One queue per socket, so that the last token that was sent is the one that counts. */
  readonly #queues = new SerialQueues()

  constructor(options: RenewalOptions) {
    this.#options = options
  }

  /** Takes over a newer token of the same user, and ends the subscriptions that it no longer allows. */
  renew(token: string, connection: Connection): Promise<Identity> {
    return this.#queues.run(connection.socketId, () => this.#renew(token, connection))
  }

  async #renew(token: string, connection: Connection): Promise<Identity> {
    const { session, credential } = connection.identity
    if (credential.kind !== 'token')
      throw new RequestError('forbidden', 'Only a connection that a token opened can renew it')
    const proved = await this.#options.proveToken({ token }, session.device_id)
    await this.#options.revocations.refuseRevoked(proved)
    if (!isSameUser(proved.session, session)) {
      const refusal = new RequestError('forbidden', 'The token is of another user: connect again with it')
      connection.dismiss(refusal)
      throw refusal
    }
    const { role, name, rooms } = proved.session
    const identity: Identity = { ...proved, session: { ...session, role, name, rooms } }
    const parents = await this.#parentsOf(connection.subscriptions)
    const allowed = await this.#allowedTickets(identity.session, [...parents.values()])
    connection.replaceIdentity(identity)
    // Without awaiting anything: nothing is delivered in between.
    for (const key of connection.subscriptions) {
      const { kind, id } = streamOwner(parents.get(key.stream) ?? key.stream)
      const isNotes = kind === 'notes'
      const ofTicket = () => (isNotes ? allowed === undefined : (allowed?.has(id) ?? true))
      const isAllowed = kind === 'room' ? isAllowedRoom(id, identity.session) : ofTicket()
      if (!isAllowed) connection.unsubscribe(key)
    }
    connection.unwatchRooms(({ stream }) => {
      const { kind, id } = streamOwner(stream)
      // Tickets of others are for agents and admins alone.
      return kind === 'ticket'
        ? role !== 'customer' || session.role === role
        : isAllowedRoom(id, identity.session)
    })
    this.#options.lastSeen.note(identity)
    return identity
  }

  /** The rooms' and tickets' streams that decide about some streams: those of a thread's message, for others they themselves. */
  async #parentsOf(keys: readonly StreamKey[]): Promise<Map<string, string>> {
    const parents = keys.map(async ({ workspace_id, stream }): Promise<[string, string]> => {
      const { kind, id } = streamOwner(stream)
      const thread = kind === 'thread' ? await this.#options.threads.find(workspace_id, id) : null
      return [stream, thread?.parent ?? stream]
    })
    return new Map(await Promise.all(parents))
  }

  /** The tickets among some streams that are the session's own; undefined if it may see all tickets. */
  async #allowedTickets(session: Session, streams: readonly string[]): Promise<Set<string> | undefined> {
    if (rightOf('join_ticket', session) === 'all') return undefined
    const ids = streams
      .map((stream) => streamOwner(stream))
      .flatMap(({ kind, id }) => (kind === 'ticket' ? id : []))
    const { workspace_id, user_ids } = session
    const own = await Promise.all(ids.map((id) => this.#options.tickets.get(workspace_id, id, user_ids)))
    return new Set(own.flatMap((ticket) => ticket?._id ?? []))
  }
}

function isSameUser(a: Session, b: Session): boolean {
  return a.workspace_id === b.workspace_id && a.user_id === b.user_id
}
