import { type ChatAuth, identityOf } from '../connection/auth.ts'
import type { Connection } from '../connection/connection.ts'
import { browserStorage, type ChatStorage } from '../connection/guest-tokens.ts'
import { RequestError } from '../errors.ts'
import { createLoader } from '../live/loader.ts'
import { uuid } from '../uuid.ts'
import type { KeptBox, KeptMessage } from './kept-box.ts'
import type { KeptQueue } from './kept-queue.ts'
import { requestOf } from './outbox-transmit.ts'
import { mayHelp, type Outgoing } from './outgoing.ts'

/** Whose messages are kept, and where. */
export interface KeepingPlace {
  readonly url: string
  readonly path?: string | undefined
  readonly auth: ChatAuth
  readonly storage?: ChatStorage | undefined
}

/** What a client has, for its queue in the storage. */
export interface Kept {
  readonly unsent: () => readonly KeptMessage[]
  readonly take: (messages: readonly KeptMessage[]) => void
  readonly onWritten: () => void
}

export interface Keeping extends Pick<KeptBox, 'put' | 'remove' | 'isComplete'> {
  /** Whether what was kept has been taken over, so that newer messages may be sent. */
  readonly isReady: () => boolean
  /** Opens the queue when the client connects, and leaves it to others when it has closed. */
  readonly follow: (onReady: () => void) => void
}

const keptQueue = createLoader(() => import('./kept-queue.ts'))
/** A storage that does not answer holds nothing up for longer. */
const mostWaitMs = 2_000

/** Keeps unsent messages while the client is connected or wants to be. */
export function createKeeping(connection: Connection, place: KeepingPlace, kept: Kept): Keeping {
  let queue: KeptQueue | undefined
  let isOpen = false
  let isReady = false
  let isBroken = false
  /** What has been sent or discarded while the queue is closed. */
  const gone = new Set<string>()

  function onWritten(failure: unknown): void {
    if (failure && !isBroken) warn(failure)
    isBroken = failure !== undefined
    kept.onWritten()
  }

  async function open(scope: string, onReady: () => void): Promise<void> {
    try {
      const { openKeptQueue } = await keptQueue.load('send_messages')
      if (!isOpen) return
      const opened = openKeptQueue({
        storage: place.storage ?? browserStorage(),
        id: uuid(),
        scope,
        unsent: kept.unsent(),
        take: (messages) => kept.take(messages.filter(({ cid }) => !gone.has(cid))),
        onWritten,
      })
      queue = opened
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, mostWaitMs)
        void opened.ready.then(() => {
          clearTimeout(timer)
          gone.clear()
          resolve()
        })
      })
    } catch (failure) {
      onWritten(failure)
    }
    isReady = true
    onReady()
  }

  function follow(onReady: () => void): void {
    const look = (): void => {
      const { status } = connection.getSnapshot()
      const scope = scopeOf(connection, place)
      if (status === 'idle' && isOpen) {
        isOpen = false
        queue?.release()
        queue = undefined
      }
      if (status === 'idle' || isOpen || !scope) return
      isOpen = true
      isReady = false
      void open(scope, onReady)
    }
    connection.subscribe(look)
    look()
  }

  return {
    isReady: () => isReady,
    isComplete: () => queue?.isComplete() === true && !isBroken,
    put: (message) => queue?.put(message),
    remove(cid) {
      if (queue) queue.remove(cid)
      else if (!isOpen) gone.add(cid)
    },
    follow,
  }
}

/** What the keys of a user begin with; undefined while only the server knows who it is. */
function scopeOf(connection: Connection, { url, path = '', auth }: KeepingPlace): string | undefined {
  const { session } = connection.getSnapshot()
  const [, ...claimed] = JSON.parse(identityOf(auth)) as [string, ...unknown[]]
  const who = session ? [session.workspace_id, session.user_id] : claimed
  const isKnown = who.length === 2 && who.every((id) => typeof id === 'string')
  return isKnown ? `dowellchat outbox ${url} ${path} ${JSON.stringify(who)}` : undefined
}

export function keptOf(stream: string, one: Outgoing): KeptMessage {
  const { cid, message_data, reply_to, created_at, extras, error } = one
  const { code, message, retryable } = error ?? {}
  const failure = code !== undefined &&
    message !== undefined && { code, message, retryable: retryable === true }
  const more = Object.keys(extras).length > 0 && { extras }
  return { cid, stream, message_data, reply_to, created_at, ...more, ...(failure && { error: failure }) }
}

export function outgoingOf({ stream, error, extras = {}, ...content }: KeptMessage): Outgoing {
  const failure = error ? new RequestError(requestOf(stream), error) : null
  const canRetry = failure !== null && mayHelp(failure)
  return { ...content, extras, error: failure, message: null, canRetry, waitsUntil: null, canDiscard: true }
}

/** Once: every further message would say the same. */
function warn(failure: unknown): void {
  console.warn('[dowellchat] Unsent messages are not kept: the storage does not take them', failure)
}
