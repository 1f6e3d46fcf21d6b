import { ErrorBody, type PushOf, protocolVersion, type Role } from '@dowellchat/protocol'
import { io, type Socket } from 'socket.io-client'
import * as z from 'zod/mini'
import { ConnectionError } from './errors.ts'
import { createHolders } from './holders.ts'
import { createSource, type Observable, readOnly } from './observable.ts'
import { uuid } from './uuid.ts'

/** Who the client is. Another identity is another client. */
export interface ChatAuth {
  /** The tenant; left out, the server's workspace for V2 clients. */
  readonly workspace_id?: string
  /** Its key. Without one the workspace must admit guests. Never put a key into a page that strangers open. */
  readonly api_key?: string
  readonly user_id: string
  /** As others see it. */
  readonly name?: string
  readonly role?: Role
}

/**
 * `idle` before the first connect and after the last release, `connecting` until the server answers, `online`, `offline`
 * while the client tries again by itself, `refused` when the server has said no and trying again is no use.
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'online' | 'offline' | 'refused'

export interface ConnectionState {
  readonly status: ConnectionStatus
  /** What went wrong last; null while online. */
  readonly error: ConnectionError | null
  /** Who the server says one is; kept while offline. */
  readonly session: PushOf<'hello'> | null
}

/** The one connection of a client. */
export interface Connection extends Observable<ConnectionState> {
  readonly socket: Socket
  /** Connects with the first; the answer lets go, and a second after the last one the connection closes. */
  readonly retain: () => () => void
  /** Closes at once, whoever retains it. */
  readonly close: () => void
  /** Follows its ups and downs; where it is up or refused already, says so at once. */
  readonly watch: (watcher: ConnectionWatcher) => () => void
}

export interface ConnectionWatcher {
  /** It is up: for the first time, or again. */
  onUp(): void
  onDown(): void
  /** The server does not want it; there is no use in waiting. */
  onRefused(error: ConnectionError): void
}

export function createConnection(url: string, auth: ChatAuth): Connection {
  const socket = io(url, {
    autoConnect: false,
    // One connection per client, also where a page has several clients for one server.
    forceNew: true,
    auth: { ...auth, protocol: protocolVersion, device_id: uuid() },
  })
  const state = createSource<ConnectionState>({ status: 'idle', error: null, session: null })
  const { patch } = state
  const watchers = new Set<ConnectionWatcher>()
  const holders = createHolders({
    open,
    close() {
      socket.disconnect()
      patch({ status: 'idle', error: null })
    },
  })

  socket.on('hello', (session: PushOf<'hello'>) => patch({ session }))
  socket.on('connect', () => {
    patch({ status: 'online', error: null })
    for (const watcher of [...watchers]) watcher.onUp()
  })
  socket.on('connect_error', (error) => {
    const refusal = refusalIn(error)
    // An active socket tries again by itself.
    if (refusal) refuse(refusal)
    else if (state.getSnapshot().status !== 'offline') patch({ status: 'offline', error: unreachable(url) })
  })
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') patch({ status: 'idle', error: null })
    else
      patch({ status: 'offline', error: new ConnectionError('unavailable', 'The connection is lost', true) })
    for (const watcher of [...watchers]) watcher.onDown()
    // The server ended it on purpose; socket.io would leave it at that.
    if (reason === 'io server disconnect' && holders.isOpen()) socket.connect()
  })

  function refuse(error: ConnectionError): void {
    patch({ status: 'refused', error })
    for (const watcher of [...watchers]) watcher.onRefused(error)
  }

  function open(): void {
    if (socket.active) return
    patch({ status: 'connecting', error: null })
    socket.connect()
  }

  return {
    socket,
    ...readOnly(state),
    close: holders.close,
    retain() {
      const release = holders.retain()
      // Whoever asks again after a refusal wants another try.
      open()
      return release
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

/** What the server said where it refused the handshake. */
function refusalIn(error: Error): ConnectionError | undefined {
  const body = z.safeParse(ErrorBody, (error as { data?: unknown }).data)
  return body.success ? new ConnectionError(body.data.code, body.data.message, false) : undefined
}

function unreachable(url: string): ConnectionError {
  return new ConnectionError('unavailable', `There is no answer from ${url}`, true)
}
