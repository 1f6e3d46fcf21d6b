import type { ChangeOf, SharedChanges } from '../delivery/shared-changes.ts'
import { RequestError } from '../errors.ts'
import type { Audit } from '../identity/audit.ts'
import { isErasedId, personErasedAs } from '../identity/erased.ts'
import type { Guests } from '../identity/guests.ts'
import type { Identity } from '../identity/identity.ts'
import type { Keys } from '../identity/keys.ts'
import type { LastSeen } from '../identity/last-seen.ts'
import { isIssuedBefore, type Revocations, sessionsRevoked } from '../identity/revocations.ts'
import type { Dialects } from './dialects/index.ts'
import { dismiss } from './dismiss.ts'
import { endKey, keyRooms } from './key-rooms.ts'
import type { ChatIo, ChatSocket } from './socket.ts'
import type { Sockets } from './sockets.ts'

interface SessionEndsParts {
  readonly io: ChatIo
  readonly dialects: Dialects
  readonly sockets: Sockets
  readonly keys: Keys
  readonly guests: Guests
  readonly revocations: Revocations
  readonly audit: Audit
  readonly lastSeen: LastSeen
  readonly changes: SharedChanges
}

/** Ends sessions whose proof has ended, whichever server decided it: keys, guests who became users, revoked users. */
export class SessionEnds {
  readonly #parts: SessionEndsParts

  constructor(parts: SessionEndsParts) {
    this.#parts = parts
    const { io, dialects, keys, changes } = parts
    changes.on('key_ended', (change) => keys.note(change))
    changes.on('guest_became_user', (change) => this.#onGuestBecameUser(change))
    changes.on('sessions_revoked', (change) => this.#onRevoked(change))
    keys.start((keyId) => endKey(io, keyId, (socket) => dismiss(socket, dialects.of(socket), keyEnded())))
  }

  /** Follows a socket that has just connected: its proof may have ended while its handshake was under way. */
  follow(socket: ChatSocket): void {
    const rooms = keyRooms(socket.data.credential)
    if (rooms.length > 0) void socket.join(rooms)
    const error = this.#endOf(socket.data)
    if (error) dismiss(socket, this.#parts.dialects.of(socket), error)
  }

  /** Why the session has ended; undefined if it has not. */
  #endOf(identity: Identity): RequestError | undefined {
    const { keys, guests, revocations } = this.#parts
    const { session, credential } = identity
    if ('key_id' in credential && keys.hasEnded(credential.key_id)) return keyEnded()
    if (guests.isOutdated(session)) return guestBecameUser()
    return revocations.isNoted(identity) ? sessionsRevoked() : undefined
  }

  #onGuestBecameUser(alias: ChangeOf<'guest_became_user'>): void {
    const { sockets, guests } = this.#parts
    const { workspace_id, guest_id, user_id } = alias
    guests.note(alias)
    for (const id of [guest_id, user_id]) {
      const address = { kind: 'user', workspace_id, user_id: id } as const
      sockets.dismissAt(address, ({ session }) => guests.isOutdated(session), guestBecameUser())
    }
  }

  #onRevoked({ workspace_id, user_id, revoked_before }: ChangeOf<'sessions_revoked'>): void {
    const { sockets, revocations } = this.#parts
    revocations.note(workspace_id, { user_id, revoked_before })
    if (isErasedId(user_id)) this.#onErased(workspace_id, user_id)
    const isMeant = (identity: Identity): boolean => isIssuedBefore(identity, revoked_before)
    sockets.dismissAt({ kind: 'user', workspace_id, user_id }, isMeant, sessionsRevoked())
  }

  /** Whose id it was, nobody says any more. */
  #onErased(workspaceId: string, replacement: string): void {
    const { sockets, guests, revocations, audit, lastSeen, keys } = this.#parts
    const erased = personErasedAs(keys, workspaceId, replacement)
    sockets.dismissEach((one) => revocations.isNoted(one), sessionsRevoked())
    lastSeen.forget(workspaceId, replacement)
    guests.forget(workspaceId, erased)
    audit.forget(workspaceId, erased)
  }
}

function keyEnded(): RequestError {
  return new RequestError('unauthenticated', 'The key has expired or is revoked', 'key_ended')
}

function guestBecameUser(): RequestError {
  return new RequestError('unauthenticated', 'The guest has logged in: connect again', 'guest_became_user')
}
