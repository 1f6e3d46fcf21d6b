import { errorBody, newFailedRequest, RequestError, toRequestError } from '../errors.ts'
import type { AddressOf } from '../identity/address.ts'
import type { Audit } from '../identity/audit.ts'
import { bringGuests, readHandshake } from '../identity/authenticate.ts'
import type { Guests } from '../identity/guests.ts'
import { type Identity, provedUser } from '../identity/identity.ts'
import type { LastSeen } from '../identity/last-seen.ts'
import type { Refusals } from '../identity/refusals.ts'
import type { Revocations } from '../identity/revocations.ts'
import type { Workspaces } from '../identity/workspaces.ts'
import type { AllLimits } from '../limits.ts'
import type { Logger, Trace } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Dialects } from './dialects/index.ts'
import { dismiss } from './dismiss.ts'
import { type ChatSocket, closeOnceRefused } from './socket.ts'
import type { Sockets } from './sockets.ts'

interface HandshakesParts {
  readonly dialects: Dialects
  readonly sockets: Sockets
  readonly limits: AllLimits
  readonly workspaces: Workspaces
  readonly guests: Guests
  readonly refusals: Refusals
  readonly revocations: Revocations
  readonly audit: Audit
  readonly lastSeen: LastSeen
  readonly addressOf: AddressOf
  readonly defaultWorkspace: string | undefined
  readonly logger: Logger
  readonly trace: Trace | undefined
  readonly meter: Meter | undefined
}

/** Lets sockets in, or refuses them. */
export class Handshakes {
  readonly #parts: HandshakesParts
  #isClosed = false

  constructor(parts: HandshakesParts) {
    this.#parts = parts
  }

  /** Answers none from now on: clients try again by themselves, also those that would take a refusal as final. */
  close(): void {
    this.#isClosed = true
  }

  /** socket.io's middleware: finds out who a socket is and greets it, or closes it with the reason. */
  readonly admit = (socket: ChatSocket, next: (error?: Error) => void): void => {
    this.#identify(socket).then(
      (isAdmitted) => {
        if (!isAdmitted) return socket.conn.close()
        this.#parts.meter?.handshake('ok')
        next()
      },
      (error: unknown) => {
        if (this.#isClosed) return socket.conn.close()
        const refusal = this.#refusal(error, socket)
        // For plain clients of socket.io a refusal is final, but they come back after a connection that was lost.
        if (refusal.isPassing && socket.handshake.auth.protocol === undefined) return socket.conn.close()
        next(refusal.error)
        closeOnceRefused(socket)
      },
    )
  }

  /** Ends a socket that has just connected, if others of its user have taken the last places while its handshake was under way. */
  expectFew(socket: ChatSocket): void {
    if (this.#placesLeft(socket.data) < 0)
      dismiss(socket, this.#parts.dialects.of(socket), this.#tooManyConnections())
  }

  /** How many more connections a user may have; negative if there are too many. V2 sockets have proved no user. */
  #placesLeft(identity: Identity): number {
    if (provedUser(identity) === undefined) return Number.POSITIVE_INFINITY
    const { limits, sockets } = this.#parts
    const { workspace_id, user_id } = identity.session
    return limits.of(workspace_id).userConnections - sockets.countAt({ kind: 'user', workspace_id, user_id })
  }

  #expectPlace(identity: Identity): void {
    if (this.#placesLeft(identity) < 1) throw this.#tooManyConnections()
  }

  #tooManyConnections(): RequestError {
    this.#parts.meter?.refused('userConnections')
    return tooManyConnections()
  }

  /** Answers false where the server closes. */
  async #identify(socket: ChatSocket): Promise<boolean> {
    if (this.#isClosed) return false
    const { dialects, guests, refusals, revocations, lastSeen } = this.#parts
    const { auth } = socket.handshake
    const address = this.#addressOf(socket)
    // One that says nothing has no credentials to guess.
    if (Object.keys(auth).length > 0) refusals.expectHandshake(address)
    const handshake = readHandshake(auth)
    const dialect = dialects.find(handshake.protocol)
    const proved = await dialect.identify(handshake, socket.id)
    await revocations.refuseRevoked(proved)
    if (this.#isClosed) return false
    this.#expectWelcome(proved, socket)
    const identity = await bringGuests(proved, handshake, guests)
    if (this.#isClosed) return false
    // Other connections of the user may have come in meanwhile.
    this.#expectPlace(identity)
    const { session, credential, guest_token } = identity
    socket.data = { protocol: dialect.protocol, address, session, credential }
    lastSeen.note(identity)
    // Before `next()`, so that it arrives before the client's `connect`.
    dialect.greet(socket, guest_token)
    return true
  }

  /** Throws what refuses somebody who is known, without asking the store. */
  #expectWelcome(identity: Identity, socket: ChatSocket): void {
    const { workspaces, refusals } = this.#parts
    workspaces.expectOrigin(identity.session.workspace_id, socket.handshake.headers.origin)
    refusals.expectCalm({ ...identity, address: this.#addressOf(socket) })
    this.#expectPlace(identity)
  }

  #addressOf({ handshake: { address, headers } }: ChatSocket): string {
    return this.#parts.addressOf({ remoteAddress: address, forwardedFor: headers['x-forwarded-for'] })
  }

  /** `isPassing`: it is the server's fault, or its store's. */
  #refusal(error: unknown, socket: ChatSocket): { readonly error: Error; readonly isPassing: boolean } {
    const { refusals, logger, trace, meter } = this.#parts
    const failed = newFailedRequest()
    const refused = toRequestError(error, failed)
    const address = this.#addressOf(socket)
    refusals.countHandshake(address, refused.code)
    meter?.handshake(refused.code)
    this.#auditRefusal(refused, address, socket)
    if (refused !== error) logger.error({ request: failed.request_id, error }, 'A handshake failed')
    trace?.({ socket: socket.id, outcome: refused.code }, 'connect')
    const isPassing = refused.code === 'unavailable' || refused.code === 'internal'
    return { error: Object.assign(new Error(refused.message), { data: errorBody(refused) }), isPassing }
  }

  /** A handshake that names no workspace of ours belongs to nobody's audit trail; the log has it. */
  #auditRefusal({ code }: RequestError, address: string, socket: ChatSocket): void {
    const { workspaces, audit, defaultWorkspace } = this.#parts
    const { workspace_id = defaultWorkspace } = socket.handshake.auth
    if (code === 'unavailable' || code === 'internal' || !workspaces.get(workspace_id)) return
    const nobody = { act: 'handshake', by: null, key_id: null }
    audit.refused(workspace_id, { ...nobody, address, result: code })
  }
}

const tooManyMs = 15_000

function tooManyConnections(): RequestError {
  // Those that are refused together must not come back together.
  const retryAfterMs = Math.ceil(tooManyMs * (0.5 + Math.random()))
  const text = 'There are too many connections of this user: close some'
  return new RequestError('rate_limited', text, 'connection_limit', retryAfterMs)
}
