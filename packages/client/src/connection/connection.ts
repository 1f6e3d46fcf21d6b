import { ErrorBody, protocolVersion } from '@dowellchat/protocol/core'
import { io, type ManagerOptions, type Socket } from 'socket.io-client'
import * as z from 'zod/mini'
import type { PushOf, ErrorBody as ReceivedError } from '../entities.ts'
import { ConnectionError } from '../errors.ts'
import { createHolders } from '../live/holders.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import { receiving } from '../requests/receiving.ts'
import { uuid } from '../uuid.ts'
import type { ChatAuth } from './auth.ts'
import { createCredentials } from './credentials.ts'
import { type ChatStorage, createGuestTokens } from './guest-tokens.ts'
import { createRenewal } from './renewal.ts'
import { backoffMs } from './retry.ts'

/**
 * `idle` before the first connect and after the last release, `connecting` until the server answers, `online`, `offline`
 * while the client retries by itself, `refused` when the server has refused it and retrying cannot help.
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'online' | 'offline' | 'refused'

export interface ConnectionState {
  readonly status: ConnectionStatus
  /** The last failure; null while online. */
  readonly error: ConnectionError | null
  /** The identity that the server has confirmed; kept while offline. */
  readonly session: Omit<PushOf<'hello'>, 'guest_token'> | null
}

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

/** A server that ends a younger connection is given time before the next one. */
const steadyMs = 10_000
/** The longest time between two tries to connect, unless the server asks for more. */
const mostMs = 8_000

interface Place {
  readonly storage?: ChatStorage | undefined
  /** Where the server has its sockets, if it is not `/socket.io`. */
  readonly path?: string | undefined
  readonly transports?: ManagerOptions['transports'] | undefined
}

export function createConnection(
  url: string,
  auth: ChatAuth,
  { storage, path, transports }: Place = {},
): Connection {
  const credentials = createCredentials(auth, createGuestTokens(path ? `${url} ${path}` : url, storage))
  const device_id = uuid()
  const socket = io(url, {
    autoConnect: false,
    ...(path && { path }),
    ...(transports && { transports }),
    // A page may have several clients for one server; each needs a connection of its own.
    forceNew: true,
    // Done here: socket.io's own delays have no randomness any more once they are long.
    reconnection: false,
    auth: (send) => void shakeHands(send),
  })
  const state = createSource<ConnectionState>({ status: 'idle', error: null, session: null })
  const { patch } = state
  const watchers = new Set<ConnectionWatcher>()
  const holders = createHolders({
    open,
    close() {
      clearTimeout(retry)
      credentials.release()
      socket.disconnect()
      patch({ status: 'idle', error: null })
    },
  })
  const renew = createRenewal(socket, { freshToken: credentials.freshToken, onRenewed })
  let retry: ReturnType<typeof setTimeout> | undefined
  let turns = Promise.resolve()
  let failures = 0
  let upSince = Number.POSITIVE_INFINITY

  /** Runs whenever a transport has opened. */
  async function shakeHands(send: (auth: object) => void): Promise<void> {
    const { engine } = socket.io
    const isWanted = (): boolean => socket.active && socket.io.engine === engine
    try {
      const handshake = await credentials.handshake()
      if (isWanted()) send({ ...handshake, protocol: protocolVersion, device_id })
    } catch (cause) {
      if (isWanted()) tryLater(new ConnectionError('unavailable', 'There is no token', true, { cause }))
    }
  }

  socket.on('hello', (hello: PushOf<'hello'>) => {
    const greeting = { ...hello }
    // This listener is the first: applications get the frame without the secret.
    delete hello.guest_token
    greet(greeting)
  })
  socket.on('connect', () => {
    // `hello` may have ended it.
    if (!socket.connected) return
    upSince = Date.now()
    patch({ status: 'online', error: null })
    for (const watcher of [...watchers]) watcher.onUp()
  })
  socket.on('connect_error', (error) => {
    credentials.release()
    const refusal = refusalIn(error)
    if (refusal) void onRefusal(refusal)
    else if (error.message === 'Invalid namespace')
      refuse(new ConnectionError('not_found', pathAdvice(url), false))
    // What is shown while offline says more than that this try has failed too.
    else if (state.getSnapshot().status === 'offline') connectLater()
    else tryLater(socket.active ? unreachable(url) : new ConnectionError('unavailable', error.message, true))
  })
  socket.on('disconnect', (reason) => {
    const isOurs = reason === 'io client disconnect'
    const upMs = Date.now() - upSince
    if (upMs > steadyMs) failures = 0
    else if (upMs >= 0 && reason !== 'io server disconnect') failures = Math.min(failures, 1)
    upSince = Number.POSITIVE_INFINITY
    const lost = new ConnectionError('unavailable', 'The connection is lost', true)
    if (!isOurs) patch({ status: 'offline', error: lost })
    for (const watcher of [...watchers]) watcher.onDown(reason === 'parse error')
    if (!isOurs && holders.isOpen()) connectLater()
  })

  /** Takes who the server says that the client is. Ends the connection before anything is sent as somebody else. */
  function greet({ guest_token, ...hello }: PushOf<'hello'>, token?: string): void {
    const first = state.getSnapshot().session
    const { workspace_id, user_id } = hello
    const isKnown = first?.workspace_id === workspace_id && first.user_id === user_id
    if ((first && !isKnown) || !credentials.isExpected(user_id)) {
      socket.disconnect()
      refuse(new ConnectionError('forbidden', 'This is another user, who needs another client', false))
      return
    }
    credentials.admitted({ workspace_id, ...(guest_token !== undefined && { guest_token }) }, token)
    // Servers of earlier versions do not say all of it.
    patch({ session: { ...{ is_guest: false, guest_ids: [], can: [] }, ...hello } })
  }

  function onRenewed(hello: PushOf<'hello'>, token: string): void {
    const before = state.getSnapshot().session
    greet(hello, token)
    const { session } = state.getSnapshot()
    if (!socket.connected || (before && session && rightsOf(before) === rightsOf(session))) return
    // What is held may have become more or less.
    for (const watcher of [...watchers]) watcher.onUp()
  }

  async function onRefusal(error: ConnectionError): Promise<void> {
    if (error.retrying) return tryLater(error)
    const isKnown = state.getSnapshot().session !== null
    const mayHaveMore = error.code === 'unauthenticated' && (await credentials.refused(isKnown))
    if (!holders.isOpen()) return
    if (mayHaveMore) connect()
    else refuse(error)
  }

  function refuse(error: ConnectionError): void {
    credentials.release()
    patch({ status: 'refused', error })
    for (const watcher of [...watchers]) watcher.onRefused(error)
  }

  function tryLater(error: ConnectionError): void {
    connectLater(error)
    patch({ status: 'offline', error })
  }

  function connectLater(hint?: ConnectionError): void {
    socket.disconnect()
    failures += 1
    clearTimeout(retry)
    retry = setTimeout(connect, backoffMs(failures, hint, mostMs))
  }

  function open(): void {
    if (socket.active) return
    clearTimeout(retry)
    patch({ status: 'connecting', error: null })
    connect()
  }

  function connect(): void {
    // Twice would shake hands twice.
    if (!socket.active) socket.connect()
  }

  return {
    socket,
    ...readOnly(state),
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
    inTurn(work) {
      turns = turns.then(work)
    },
    watch(watcher) {
      watchers.add(watcher)
      const { status, error } = state.getSnapshot()
      if (status === 'online') watcher.onUp()
      if (status === 'refused' && error) watcher.onRefused(error)
      return () => void watchers.delete(watcher)
    },
  }
}

/** Why the server refused the handshake; undefined if it did not. */
function refusalIn(error: Error): ConnectionError | undefined {
  const body = z.safeParse(receiving(ErrorBody), reasonIn(error as Refused))
  if (!body.success) return undefined
  const { code, message, retryable, retry_after_ms } = body.data as ReceivedError
  return new ConnectionError(code, message, retryable, { retryAfterMs: retry_after_ms })
}

/** What socket.io says of a connection that failed. */
interface Refused extends Error {
  /** Of a refused handshake. */
  readonly data?: unknown
  /** The request, if the server has answered it with a status of failure. */
  readonly context?: { readonly responseText?: string }
}

function reasonIn({ data, context }: Refused): unknown {
  if (data !== undefined) return data
  try {
    const answer = JSON.parse(context?.responseText ?? '')
    return answer.code === 5 ? tooOld : answer.error
  } catch {
    return undefined
  }
}

const tooOld = { code: 'unsupported_protocol', message: 'The server needs a newer client', retryable: false }

/** What a session may do, to compare. */
function rightsOf({ role, can }: Pick<PushOf<'hello'>, 'role' | 'can'>): string {
  return [role, ...can].join(' ')
}

function unreachable(url: string): ConnectionError {
  const advice = /^\w+:\/\/[^/]+\/./.test(url) ? `. ${pathAdvice(url)}` : ''
  return new ConnectionError('unavailable', `There is no answer from ${url}${advice}`, true)
}

function pathAdvice(url: string): string {
  return `Leave the path out of the url ${url}, and pass the path of the server's sockets as \`path\``
}
