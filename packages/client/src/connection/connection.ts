import { protocolVersion } from '@dowellchat/protocol/core'
import { io, type ManagerOptions, type Socket } from 'socket.io-client'
import type { PushOf } from '../entities.ts'
import { ConnectionError } from '../errors.ts'
import { createHolders } from '../live/holders.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import { signal } from '../live/signal.ts'
import { createAttempts } from './attempts.ts'
import type { ChatAuth } from './auth.ts'
import type { ClientSession, ConnectionState } from './connection-state.ts'
import { createCredentials } from './credentials.ts'
import { warn, watchCopies } from './development.ts'
import { createDevice } from './device.ts'
import { type ChatStorage, createGuestTokens } from './guest-tokens.ts'
import { createLiveness } from './liveness.ts'
import { createNetwork, type WatchNetwork } from './network.ts'
import { readiness } from './ready.ts'
import {
  isLetGo,
  isUnknownSession,
  pathAdvice,
  refusalIn,
  replacedIn,
  strayed,
  unavailable,
  unreachable,
} from './refusal.ts'
import { createRenewal } from './renewal.ts'
import { chooseTransports, type Transports } from './transports.ts'

/** The one connection of a client. */
export interface Connection extends Observable<ConnectionState> {
  readonly socket: Socket
  /** Connects; call the answer to let go. The connection closes a second after the last holder has let go. */
  readonly retain: () => () => void
  /** Closes at once, even while it is retained. */
  readonly close: () => void
  /** Replaces what proves who the client is. */
  readonly update: (auth: ChatAuth) => void
  /** Runs one piece of work after the other, so that one alone is to blame for what comes of it. */
  readonly inTurn: (work: () => Promise<void>) => void
  /** Resolves when the client is online; rejects with a `ConnectionError` when the server refuses it. */
  readonly ready: () => Promise<ClientSession>
  /** The server's time as far as it is known, in milliseconds since 1970. */
  readonly now: () => number
  /** Tries now what would be tried later, for what does not wait long; never before the server allows it. */
  readonly hurry: () => void
  /** Follows the connection. Calls the watcher at once if it is up or refused already. */
  readonly watch: (watcher: ConnectionWatcher) => () => void
}

export interface ConnectionWatcher {
  /** Connected, for the first time or again, or the session may do something else than before. */
  onUp(): void
  /** @param isUnreadable whether the server sent something that is no frame */
  onDown(isUnreadable: boolean): void
  /** The server refuses the connection; waiting does not help. */
  onRefused(error: ConnectionError): void
}

export interface Place {
  readonly storage?: ChatStorage | undefined
  /** Where the server has its sockets, if it is not `/socket.io`. */
  readonly path?: string | undefined
  readonly transports?: Transports | undefined
  readonly network?: WatchNetwork | undefined
}

export function createConnection(url: string, auth: ChatAuth, place: Place = {}): Connection {
  const { storage, path, transports } = place
  const credentials = createCredentials(auth, createGuestTokens(path ? `${url} ${path}` : url, storage))
  const device = createDevice()
  const socket = io(url, {
    autoConnect: false,
    ...(path && { path }),
    ...(transports && { transports: [...transports] as NonNullable<ManagerOptions['transports']> }),
    // A page may have several clients for one server; each needs a connection of its own.
    forceNew: true,
    // Done here: socket.io's own delays have no randomness any more once they are long.
    reconnection: false,
    auth: (send) => void shakeHands(send),
  })
  watchCopies()
  const state = createSource<ConnectionState>({ status: 'idle', error: null, session: null })
  const { patch } = state
  const [follow, tell] = signal<(watcher: ConnectionWatcher) => void>()
  const holders = createHolders({
    open,
    close() {
      attempts.stop()
      network.stop()
      credentials.release()
      device.release()
      socket.disconnect()
      patch({ status: 'idle', error: null })
    },
  })
  const renew = createRenewal(socket, { freshToken: credentials.freshToken, onRenewed })
  const network = createNetwork(url, place.network, onNetwork)
  const liveness = createLiveness(socket, () => tryLater(unavailable('The server does not answer')))
  // Not while the device knows that it is hopeless, nor for nobody: whoever holds it again opens it again.
  const attempts = createAttempts(socket, () => !network.isOffline() && holders.isHeld())
  const choice = chooseTransports(socket.io, transports)
  let turns = Promise.resolve()
  /** How far the server's clock is ahead of this one, in milliseconds. */
  let ahead = 0

  /** Runs whenever a transport has opened. */
  async function shakeHands(send: (auth: object) => void): Promise<void> {
    const { engine } = socket.io
    const isWanted = (): boolean => socket.active && socket.io.engine === engine
    try {
      const [handshake, device_id] = await Promise.all([credentials.handshake(), device.acquire()])
      if (isWanted()) send({ ...handshake, protocol: protocolVersion, device_id })
    } catch (cause) {
      if (isWanted()) tryLater(unavailable('There is no token', cause))
    }
  }

  socket.on('hello', (hello: PushOf<'hello'>) => {
    const greeting = { ...hello }
    // This listener is the first: applications get the frame without the secret.
    delete hello.guest_token
    ahead = Date.parse(hello.server_time) - Date.now() || 0
    greet(greeting)
  })
  socket.on('connect', () => {
    // `hello` may have ended it.
    if (!socket.connected) return
    attempts.onUp()
    liveness.start()
    patch({ status: 'online', error: null })
    tell((watcher) => watcher.onUp())
  })
  socket.on('error_response', (failure: unknown) => {
    const replaced = replacedIn(failure)
    if (!replaced) return
    socket.disconnect()
    if (attempts.mayBeOurs()) tryLater(lost())
    else refuse(replaced)
  })
  socket.on('connect_error', (error) => {
    credentials.release()
    if (isUnknownSession(error)) return onStray()
    const refusal = refusalIn(error)
    if (refusal) void onRefusal(refusal)
    else if (error.message === 'Invalid namespace')
      refuse(new ConnectionError('not_found', pathAdvice(url), false))
    else onFailed(error)
  })
  socket.on('disconnect', (reason, details) => {
    liveness.stop()
    choice.onLost(socket.io.engine?.transport?.name)
    // By socket.io ('io client disconnect'), or below it ('forced close').
    const isOurs = /client|forced/.test(reason)
    const hadLasted = attempts.onDown(reason === 'io server disconnect')
    if (!isOurs) patch({ status: 'offline', error: lost() })
    tell((watcher) => watcher.onDown(reason === 'parse error'))
    if (isOurs || !holders.isOpen()) return
    // One that had lasted has lost its server.
    if (!hadLasted && details && isUnknownSession(details as Error)) onStray()
    else if (isLetGo(details)) attempts.elsewhere()
    else attempts.later()
  })

  /** Takes who the server says that the client is. Ends the connection before anything is sent as somebody else. */
  function greet({ guest_token, ...hello }: PushOf<'hello'>, token?: string): void {
    const first = state.getSnapshot().session
    const { workspace_id, user_id } = hello
    const isKnown = first?.workspace_id === workspace_id && first.user_id === user_id
    if ((first && !isKnown) || !credentials.isExpected(user_id)) {
      socket.disconnect()
      refuse(new ConnectionError('forbidden', 'Another user needs another client', false))
      return
    }
    credentials.admitted({ workspace_id, ...(guest_token !== undefined && { guest_token }) }, token)
    // Servers of earlier versions do not say all of it.
    const session = { ...{ is_guest: false, guest_ids: [], can: [] }, ...hello }
    patch({ session })
    warn('compareRoles', credentials.askedRole(), session.role)
  }

  function onRenewed(hello: PushOf<'hello'>, token: string): void {
    /** What the session may do, to compare. */
    const rights = (): string => String([state.getSnapshot().session?.role, state.getSnapshot().session?.can])
    const before = rights()
    greet(hello, token)
    if (!socket.connected || before === rights()) return
    // What is held may have become more or less.
    tell((watcher) => watcher.onUp())
  }

  function onStray(): void {
    warn('unknownSession', url)
    patch({ status: 'offline', error: strayed() })
    if (choice.onStray()) attempts.again()
    else attempts.later()
  }

  function onFailed(error: Error): void {
    choice.onFailed()
    // What is shown while offline says more than that this try has failed too.
    if (state.getSnapshot().status === 'offline') attempts.later()
    else tryLater(socket.active ? unreachable(url) : unavailable(error.message))
  }

  async function onRefusal(error: ConnectionError): Promise<void> {
    if (error.retrying) return tryLater(error)
    const isKnown = state.getSnapshot().session !== null
    const mayHaveMore = error.code === 'unauthenticated' && (await credentials.refused(isKnown))
    if (!holders.isHeld()) return
    if (mayHaveMore) attempts.now()
    else refuse(error)
  }

  function refuse(error: ConnectionError): void {
    credentials.release()
    patch({ status: 'refused', error })
    warn('refused', error)
    tell((watcher) => watcher.onRefused(error))
  }

  /** Ends a connection that cannot work any more, too, before the transport notices it by itself. */
  function tryLater(error: ConnectionError): void {
    patch({ status: 'offline', error })
    // Below socket.io: its goodbye, which may still come through, would end this client's calls.
    if (socket.connected) socket.io.engine.close()
    attempts.later(error)
  }

  const lost = (): ConnectionError =>
    unavailable(network.isOffline() ? 'This device has no network' : 'The connection is lost')

  function onNetwork(isOnline: boolean): void {
    const { status } = state.getSnapshot()
    if (status === 'refused' || status === 'idle') return
    if (!isOnline) tryLater(unavailable('This device has no network'))
    else if (socket.connected) liveness.look()
    else attempts.wake()
  }

  function open(): void {
    if (socket.active) return
    network.start()
    attempts.stop()
    if (network.isOffline()) {
      patch({ status: 'offline', error: lost() })
      return
    }
    patch({ status: 'connecting', error: null })
    credentials.prepare()
    attempts.now()
  }

  return {
    hurry: attempts.wake,
    socket,
    ...readOnly(state),
    ready: () => readiness(state),
    close: holders.close,
    retain() {
      const release = holders.retain()
      // After a refusal another `retain` is another try.
      open()
      return release
    },
    update(next) {
      if (!credentials.update(next) || !holders.isOpen()) return
      if (socket.connected) renew()
      else if (state.getSnapshot().status === 'refused') open()
    },
    now: () => Date.now() + ahead,
    inTurn(work) {
      turns = turns.then(work)
    },
    watch(watcher) {
      const stop = follow((say) => say(watcher))
      const { status, error } = state.getSnapshot()
      if (status === 'online') watcher.onUp()
      if (status === 'refused' && error) watcher.onRefused(error)
      return stop
    },
  }
}
