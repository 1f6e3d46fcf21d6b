import { ErrorBody, protocolVersion, type Role } from '@dowellchat/protocol'
import { io, type Socket } from 'socket.io-client'
import * as z from 'zod/mini'
import type { PushOf, ErrorBody as ReceivedError } from './entities.ts'
import { ConnectionError } from './errors.ts'
import { createHolders } from './holders.ts'
import { createSource, type Observable, readOnly } from './observable.ts'
import { receiving } from './receiving.ts'
import { uuid } from './uuid.ts'

/** Who the client is. Another identity needs another client. */
export interface ChatAuth {
  /** The tenant. Defaults to the server's workspace for V2 clients. */
  readonly workspace_id?: string
  /** The workspace's key; without one the workspace must admit guests. Never ship a key in a public page. */
  readonly api_key?: string
  readonly user_id: string
  /** The display name. */
  readonly name?: string
  readonly role?: Role
}

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
  readonly session: PushOf<'hello'> | null
}

/** The one connection of a client. */
export interface Connection extends Observable<ConnectionState> {
  readonly socket: Socket
  /** Connects; call the answer to let go. The connection closes a second after the last holder has let go. */
  readonly retain: () => () => void
  /** Closes at once, even while it is retained. */
  readonly close: () => void
  /** Follows the connection. Calls the watcher at once if it is up or refused already. */
  readonly watch: (watcher: ConnectionWatcher) => () => void
}

export interface ConnectionWatcher {
  /** Connected, for the first time or again. */
  onUp(): void
  onDown(): void
  /** The server refuses the connection; waiting does not help. */
  onRefused(error: ConnectionError): void
}

export function createConnection(url: string, auth: ChatAuth): Connection {
  const socket = io(url, {
    autoConnect: false,
    // A page may have several clients for one server; each needs a connection of its own.
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
    // Without a refusal socket.io retries by itself.
    if (refusal) refuse(refusal)
    else if (state.getSnapshot().status !== 'offline') patch({ status: 'offline', error: unreachable(url) })
  })
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') patch({ status: 'idle', error: null })
    else
      patch({ status: 'offline', error: new ConnectionError('unavailable', 'The connection is lost', true) })
    for (const watcher of [...watchers]) watcher.onDown()
    // socket.io does not reconnect by itself after the server has disconnected it.
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
      // After a refusal another `retain` is another try.
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

/** Why the server refused the handshake; undefined if it did not. */
function refusalIn(error: Error): ConnectionError | undefined {
  const body = z.safeParse(receiving(ErrorBody), (error as { data?: unknown }).data)
  if (!body.success) return undefined
  const { code, message } = body.data as ReceivedError
  return new ConnectionError(code, message, false)
}

function unreachable(url: string): ConnectionError {
  return new ConnectionError('unavailable', `There is no answer from ${url}`, true)
}
