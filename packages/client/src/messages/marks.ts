import { backoffMs } from '../connection/retry.ts'
import type { DataOf } from '../entities.ts'
import { isRequestError, ownError, type RequestError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import type { Reading } from './live-stream.ts'
import { isPassing } from './outgoing.ts'
import { messageIn } from './replies.ts'
import type { StreamCore } from './stream-core.ts'
import type { StreamState } from './stream-state.ts'
import { createVisibility } from './visibility.ts'

type Reader = DataOf<'mark_read'>

export interface Marks extends Pick<Reading, 'markRead' | 'markUnread'> {
  readonly changes: () => Pick<StreamState, 'firstUnread' | 'unread'>
  /** Resolves to the first unread message, once that is known. */
  readonly firstUnread: () => Promise<number | null>
  readonly onLive: () => void
  readonly onClose: () => void
  readonly onSend: () => void
}

/** A mark is said at most once in this time. */
const everyMs = 1_000
/** Unread messages are counted up to here, as servers do. */
const mostCounted = 1_000

/** How far the user has read a stream. */
export function createMarks(core: StreamCore): Marks {
  const { stream, log, show } = core
  const { request, on, connection } = core.wire
  const visibility = createVisibility(markWanted)
  /** Read up to here; undefined until the server has said it. */
  let mark: number | undefined
  let unread = 0
  /** Messages up to this nth are counted. */
  let counted = 0
  let firstUnread: number | null = null
  /** The connection on which the server was asked last. */
  let askedOn: string | undefined
  /** Whether `firstUnread` is that of this opening. */
  let isOpened = false
  /** Whether the server was asked for this opening, and those who wait for it. */
  let isAsked = false
  const waiting: (() => void)[] = []
  /** To be marked, as soon as that may be said. */
  let wanted = 0
  /** How far the server knows, and since which change. */
  let said = 0
  let version = 0
  /** How far the server was told without an answer yet; 0 if it has answered. */
  let saying = 0
  /** After `markUnread` nothing is marked before the conversation is opened again. */
  let isHeld = false
  let pause: ReturnType<typeof setTimeout> | undefined
  let stop: (() => void) | undefined
  /** The next try to ask how far the user has read, and how many have failed. */
  let retry: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  const isOthers = (at: number): boolean => log.live.rows[at]?.isOwn === false
  const nthAt = (at: number): number => log.live.rows[at]?.message.nth ?? 0

  /** Takes new messages into the count, from the last one back to those that are counted. */
  function count(): void {
    if (mark === undefined) return
    let others = 0
    let at = log.live.rows.length - 1
    const end = nthAt(at)
    // One's own message says that those before it were read.
    while (at >= 0 && nthAt(at) > Math.max(counted, mark) && isOthers(at)) {
      others += 1
      at -= 1
    }
    if (nthAt(at) > Math.max(counted, mark)) {
      mark = nthAt(at)
      unread = others
    } else unread += others
    unread = Math.min(unread, mostCounted)
    counted = Math.max(counted, end)
  }

  /** Counts anew what follows the mark; where that is not loaded, the server has counted it. */
  function recount(read: number, told: number): void {
    const { rows, hasOlder } = log.live
    mark = read
    const isLoaded = !hasOlder || nthAt(0) <= read + 1
    let others = 0
    for (let at = rows.length - 1; isLoaded && at >= 0 && nthAt(at) > read; at--)
      if (isOthers(at)) others += 1
    unread = Math.min(isLoaded ? others : told, mostCounted)
    counted = nthAt(rows.length - 1)
  }

  function take({ nth, unread: told, version: now }: Reader): void {
    // An answer that a later change has overtaken.
    if (now < version) return
    version = now
    // Only `markUnread` lowers a mark, here or on another device.
    if (nth < said) hold()
    said = nth
    recount(isHeld ? nth : Math.max(nth, mark ?? 0), told)
  }

  function hold(): void {
    isHeld = true
    wanted = 0
    saying = 0
  }

  function firstAfter(nth: number): number {
    const isLoaded = nthAt(0) <= nth + 1
    const at = log.live.rows.findIndex((row) => row.message.nth > nth && !row.isOwn)
    return isLoaded && at >= 0 ? nthAt(at) : nth + 1
  }

  /** A mark of 0 changes nothing: the answer says how far it is. */
  async function load(): Promise<void> {
    clearTimeout(retry)
    try {
      const reader = await request.mark_read({ stream, nth: 0 })
      failures = 0
      if (!core.isOpen()) return
      take(reader)
      // An opening begins: what is unread now is below the divider, whatever is marked later.
      if (!isOpened) firstUnread = unread > 0 ? firstAfter(reader.nth) : null
      isOpened = true
      show()
      markWanted()
    } catch (error) {
      if (!isRequestError(error)) throw error
      // A server that knows no marks, or a session that may have none, is not asked again, nor what would fail as well; the next
      // connection asks by itself.
      if (!isPassing(error) || !core.isOpen() || askedOn !== connection.socket.id) return
      retry = setTimeout(() => void load(), backoffMs(++failures, error))
    } finally {
      answer(true)
    }
  }

  function answer(isKnown: boolean): void {
    isAsked = isKnown
    for (const resolve of waiting.splice(0)) resolve()
  }

  /** Says what is wanted, if that is possible and nothing was said just now. */
  function markWanted(): void {
    if (!isOpened || isHeld || mark === undefined || !visibility.isVisible()) return
    if (wanted > mark) {
      recount(wanted, Math.max(0, unread - (wanted - mark)))
      show()
    }
    const isSaid = wanted <= Math.max(said, saying)
    if (isSaid || pause !== undefined || connection.getSnapshot().status !== 'online') return
    rest(everyMs)
    void say(wanted)
  }

  /** Says nothing for a while, and then what is wanted. */
  function rest(ms: number): void {
    clearTimeout(pause)
    pause = setTimeout(() => {
      pause = undefined
      markWanted()
    }, ms)
  }

  async function say(nth: number): Promise<void> {
    saying = nth
    try {
      const reader = await request.mark_read({ stream, nth })
      // An opening begins with what the server says then.
      if (!isOpened) return
      take(reader)
      show()
    } catch (error) {
      if (!isRequestError(error)) throw error
      if (isOpened) onRefused(nth, error)
    } finally {
      // Unless a further one is under way.
      if (saying === nth) saying = 0
    }
  }

  /** What passes is said again, no sooner than the server says. */
  function onRefused(nth: number, error: RequestError): void {
    if (isPassing(error)) rest(Math.max(everyMs, error.retryAfterMs ?? 0))
    else said = Math.max(said, nth)
  }

  function onClose(): void {
    stop?.()
    stop = undefined
    clearTimeout(pause)
    pause = undefined
    clearTimeout(retry)
    failures = 0
    isOpened = false
    isHeld = false
    wanted = 0
    mark = undefined
    said = 0
    saying = 0
    version = 0
    answer(false)
  }

  return {
    changes() {
      count()
      return { firstUnread, unread }
    },
    async firstUnread() {
      if (!isAsked && core.isOpen()) await new Promise<void>((resolve) => waiting.push(resolve))
      if (firstUnread !== null) return firstUnread
      return unread > 0 ? firstAfter(mark ?? 0) : null
    },
    onLive() {
      if (!core.isOpen()) return
      stop ??= visibility.watch(
        on.reader_changed(({ data }) => {
          if (data.stream !== stream || !isOpened) return
          take(data)
          show()
        }),
      )
      // Once in each connection: pushes say what changes.
      if (isOpened && askedOn === connection.socket.id) return
      askedOn = connection.socket.id
      void load()
    },
    onClose,
    onSend() {
      isHeld = false
      // Who writes has read what is there.
      if (mark !== undefined) recount(Math.max(mark, log.live.rows.at(-1)?.message.nth ?? 0), 0)
    },
    markRead(nth = log.rows.at(-1)?.message.nth ?? 0) {
      wanted = Math.max(wanted, Math.min(nth, log.live.rows.at(-1)?.message.nth ?? 0))
      markWanted()
    },
    markUnread(message) {
      const { nth } = messageIn(message)
      if (nth === null)
        return ignorable(Promise.reject(ownError('mark_unread', 'not_found', 'The message is not sent yet')))
      return ignorable(markUnread(nth))
    },
  }

  async function markUnread(nth: number): Promise<void> {
    const reader = await request.mark_unread({ stream, nth })
    hold()
    firstUnread = nth
    take(reader)
    show()
  }
}
