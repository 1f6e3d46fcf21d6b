import { identityOf } from '../connection/auth.ts'
import type { Connection } from '../connection/connection.ts'
import { browserStorage } from '../connection/guest-tokens.ts'
import { RequestError } from '../errors.ts'
import { uuid } from '../uuid.ts'
import type { KeepingPlace } from './keeping-place.ts'
import type { KeptBox, KeptMessage } from './kept-box.ts'
import { type KeptQueue, openKeptQueue } from './kept-queue.ts'
import type { Item, Lane } from './lane.ts'
import { restore } from './lane-restore.ts'
import { measure, requestOf } from './outbox-transmit.ts'
import { mayHelp, type Outgoing } from './outgoing.ts'

/** What a client has, for its queue in the storage. */
export interface Kept {
  /** The lanes that are not empty. */
  readonly lanes: () => Iterable<Lane>
  readonly laneOf: (stream: string) => Lane
  /** Something was written, or could not be. */
  readonly onWritten: () => void
  /** What was kept has been taken over, so that newer messages may be sent. */
  readonly onReady: () => void
}

export interface Keeping extends Pick<KeptBox, 'remove' | 'isComplete'> {
  readonly put: (stream: string, item: Item) => void
  readonly isReady: () => boolean
  /** Drops what was left until now and is not taken over yet, once it is known whose it is. */
  readonly erase: () => void
}

/** A storage that does not answer holds nothing up for longer. */
const mostWaitMs = 2_000

/** Keeps unsent messages while the client is connected or wants to be; leaves them to others when it has closed. */
export function createKeeping(connection: Connection, place: KeepingPlace, kept: Kept): Keeping {
  let queue: KeptQueue | undefined
  let isOpen = false
  let isReady = false
  let isBroken = false
  /** Whether all that was left when the queue opened is taken over. */
  let isTaken = false
  let isErasing = false
  /** What has been sent or discarded while the queue is closed. */
  const gone = new Set<string>()

  function onWritten(failure: unknown): void {
    if (failure && !isBroken) warn(failure)
    isBroken = failure !== undefined
    kept.onWritten()
  }

  async function open(scope: string): Promise<void> {
    try {
      const opened = openKeptQueue({
        storage: place.storage ?? browserStorage(),
        id: uuid(),
        scope,
        unsent: unsentIn(kept.lanes()),
        take: (messages) =>
          take(
            kept,
            messages.filter(({ cid }) => !isErasing && !gone.has(cid)),
          ),
        onWritten,
      })
      queue = opened
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, mostWaitMs)
        void opened.ready.then(() => {
          clearTimeout(timer)
          gone.clear()
          resolve()
          // One that was closed meanwhile says nothing of the next.
          if (queue === opened) onTaken()
        })
      })
    } catch (failure) {
      onWritten(failure)
      onTaken()
    }
    isReady = true
    kept.onReady()
  }

  function onTaken(): void {
    isTaken = true
    isErasing = false
    look()
  }

  function look(): void {
    const isWanted = isErasing || connection.getSnapshot().status !== 'idle'
    const scope = scopeOf(connection, place)
    if (!isWanted && isOpen) {
      isOpen = false
      queue?.release()
      queue = undefined
    }
    if (!isWanted || isOpen || !scope) return
    isOpen = true
    isReady = false
    isTaken = false
    void open(scope)
  }

  connection.subscribe(look)
  look()
  return {
    isReady: () => isReady,
    // What could not be read of another tab's is not this one's.
    isComplete: () => queue?.isComplete() === true,
    put: (stream, { one, isSent }) => queue?.put(keptOf(stream, one, isSent)),
    remove(cid) {
      if (queue) queue.remove(cid)
      else if (!isOpen) gone.add(cid)
    },
    erase() {
      isErasing = !isOpen || !isTaken
      look()
    },
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

export function keptOf(stream: string, one: Outgoing, isSent = false): KeptMessage {
  const { cid, message_data, reply_to, created_at, extras, error } = one
  const more = Object.keys(extras).length > 0 && { extras }
  const state = { ...(error && { error: failureOf(error) }), ...(isSent && { isSent }) }
  return { cid, stream, message_data, reply_to, created_at, ...more, ...state }
}

const failureOf = ({ code, message, retryable, details }: RequestError) => ({
  code,
  message,
  retryable,
  details,
})

export function outgoingOf({ stream, error, isSent: _, extras = {}, ...content }: KeptMessage): Outgoing {
  const failure = error ? new RequestError(requestOf(stream), error) : null
  const canRetry = failure !== null && mayHelp(failure)
  return { ...content, extras, error: failure, message: null, canRetry, waitsUntil: null, canDiscard: true }
}

function unsentIn(lanes: Iterable<Lane>): KeptMessage[] {
  return [...lanes].flatMap(({ stream, parts }) =>
    [...parts.items.values()].flatMap(({ one, isSent }) => (one.message ? [] : keptOf(stream, one, isSent))),
  )
}

/** Takes what was kept, and sends what has waited for it. */
function take({ laneOf }: Kept, kept: readonly KeptMessage[]): void {
  const streams = new Map<string, Item[]>()
  for (const message of kept) {
    const one = outgoingOf(message)
    const bytes = measure(message.stream, one)
    // What can no longer be sent has come from somewhere else.
    if (typeof bytes !== 'number') void bytes.catch(() => undefined)
    else {
      const item: Item = { one, bytes, tries: 0, isSent: message.isSent === true }
      streams.set(message.stream, [...(streams.get(message.stream) ?? []), item])
    }
  }
  for (const [stream, items] of streams) restore(laneOf(stream), items)
}

/** Once: every further message would say the same. */
function warn(failure: unknown): void {
  console.warn('[dowellchat] The storage fails: unsent messages may not be kept', failure)
}
