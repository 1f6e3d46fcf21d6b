import type { Page } from '../entities.ts'
import { isRequestError, ownError } from '../errors.ts'
import type { JumpTarget, Reading } from './live-stream.ts'
import type { SentRow } from './message-rows.ts'
import { createOlder } from './older.ts'
import type { StreamCore } from './stream-core.ts'

export interface Windows {
  readonly methods: Pick<Reading, 'loadOlder' | 'loadNewer' | 'jumpTo' | 'trim'>
  readonly showEnd: () => void
  /** Whether `loadOlder` can bring more. */
  readonly hasOlder: () => boolean
  /** How many of the newest messages are kept. */
  readonly most: () => number
  readonly onClose: () => void
}

/** A page is read so often, if the messages were changed meanwhile and it is too old to know how. */
const mostReads = 3
/** Whoever jumps first holds the stream by then. */
const heldWithinMs = 1_000

/**
 * Shows another part of a stream than its newest messages, which stay as they are and become the shown part again when that
 * reaches them.
 * @param firstUnread resolves to the place of the first unread message; null if there is none
 */
export function createWindows(core: StreamCore, firstUnread: () => Promise<number | null>): Windows {
  const { stream, log, bounds, state, show } = core
  const { request, pageSize } = core.wire
  /** From `loadOlder` until `trim`. */
  let isScrolledUp = false
  /** From the first jump on, until it is closed: older messages are loaded without end, and the newest are let go of instead. */
  let isSliding = false
  let jumps = 0

  const hasNewer = (): boolean => log.shown !== log.live
  const hasOlder = (): boolean => log.shown.hasOlder && (isSliding || log.rows.length < bounds.scrolledUp)

  function showEnd(): void {
    if (!hasNewer()) return
    log.place(log.live)
    show()
  }

  /** Shows rows, together with the newest ones if they reach to these. */
  function place(rows: SentRow[], hasOlder: boolean): void {
    const [first] = log.live.rows
    const last = rows.at(-1)
    const isJoined = !first || !last || last.message.nth >= first.message.nth - 1
    if (!isJoined) {
      log.place({ rows, hasOlder }, log.live)
      return
    }
    const older = rows.filter(({ message }) => !first || message.nth < first.message.nth)
    log.place({
      rows: [...older, ...log.live.rows],
      hasOlder: rows.length > 0 ? hasOlder : log.live.hasOlder,
    })
  }

  function append(page: Page, after: number): boolean {
    const newer = hasNewer() && log.rows.at(-1)?.message.nth === after ? log.rowsOf(page) : undefined
    if (!newer) return false
    const all = [...log.rows, ...newer]
    const surplus = Math.max(0, all.length - bounds.scrolledUp)
    place(all.slice(surplus), surplus > 0 || log.shown.hasOlder)
    return true
  }

  /** Lets go of the newest messages that are shown if there are too many. */
  function slide(): void {
    if (!isSliding || log.rows.length <= bounds.scrolledUp) return
    const kept = { rows: log.rows.slice(0, bounds.scrolledUp), hasOlder: log.shown.hasOlder }
    const live = hasNewer() ? log.live : { rows: log.live.rows.slice(-pageSize), hasOlder: true }
    log.place(kept, live)
  }

  const older = createOlder({
    show,
    hasOlder,
    first: () => (hasOlder() ? log.rows[0]?.message.nth : undefined),
    read(before) {
      const room = isSliding ? pageSize : bounds.scrolledUp - log.rows.length
      return request.get_messages({ stream, before, limit: Math.min(pageSize, room) })
    },
    take(page, before) {
      const isTaken = log.prepend(page, before)
      if (isTaken) slide()
      // Told by this page first; the next join says why.
      if (!isTaken && page.epoch !== log.position?.epoch && state.getSnapshot().sync === 'live')
        core.joinAgain()
      return isTaken
    },
  })

  const newer = createOlder({
    show,
    hasOlder: hasNewer,
    first: () => (hasNewer() ? log.rows.at(-1)?.message.nth : undefined),
    read: (after) => request.get_messages({ stream, after, limit: pageSize }),
    take: append,
  })

  /**
   * Resolves once so much of the stream is known as the target needs; rejects if it cannot be. What needs a holder waits a moment
   * for one: the effects of a component run before those of the hooks around it.
   */
  function untilReady(target: JumpTarget): Promise<void> {
    return new Promise((resolve, reject) => {
      let mayBeHeld = true
      let stop = (): void => {}
      const look = (): void => {
        const { status, sync, error } = state.getSnapshot()
        const isHeld = core.isOpen()
        if (isHeld) mayBeHeld = false
        const isReady = status === 'ready' && (isHeld || target !== 'unread')
        // What came while nobody held the stream is not known yet.
        const isBehind = sync === 'catching_up' && Number(target) > (log.live.rows.at(-1)?.message.nth ?? 0)
        if (isHeld ? status === 'loading' || isBehind : mayBeHeld && !isReady) return
        stop()
        clearTimeout(late)
        if (isReady) resolve()
        else
          reject(isRequestError(error) ? error : ownError('get_messages', 'unavailable', 'Nothing is loaded'))
      }
      const late = setTimeout(() => {
        mayBeHeld = false
        look()
      }, heldWithinMs)
      stop = state.subscribe(look)
      look()
    })
  }

  /** The row of a place among some, or the nearest one. */
  function rowAt(rows: readonly SentRow[], nth: number): SentRow | null {
    const later = rows.findIndex(({ message }) => message.nth >= nth)
    return rows[later < 0 ? rows.length - 1 : later] ?? null
  }

  /** Whether these rows have the message with this nth. */
  const has = ([first, ...rest]: readonly SentRow[], nth: number): boolean =>
    first !== undefined && first.message.nth <= nth && (rest.at(-1) ?? first).message.nth >= nth

  /** Shows the messages around a place; answers false if another jump has begun meanwhile, or the stream was closed. */
  async function read(around: number, isLast: () => boolean): Promise<boolean> {
    for (let reads = 0; reads < mostReads; reads++) {
      const page = await request.get_messages({ stream, around, limit: pageSize })
      if (!isLast()) return false
      const rows = log.rowsOf(page)
      if (!rows) continue
      place(rows, page.more)
      show()
      return true
    }
    throw ownError('get_messages', 'unavailable', 'The messages have changed too often meanwhile')
  }

  const methods: Windows['methods'] = {
    loadOlder() {
      isScrolledUp = true
      return older.load()
    },
    loadNewer() {
      isSliding = true
      return newer.load()
    },
    async jumpTo(target) {
      jumps += 1
      const jump = jumps
      const isLast = (): boolean => jump === jumps
      await untilReady(target)
      const wanted = target === 'unread' ? ((await firstUnread()) ?? 'end') : target
      if (!isLast()) return null
      if (wanted === 'end') {
        showEnd()
        return log.rows.at(-1) ?? null
      }
      isSliding = true
      isScrolledUp = true
      const { rows } = log.live
      const nth = Math.max(1, Math.min(wanted, rows.at(-1)?.message.nth ?? 1))
      if (!has(log.rows, nth) && has(rows, nth)) showEnd()
      if (!has(log.rows, nth) && rows.length > 0 && !(await read(nth, isLast))) return null
      return rowAt(log.rows, nth)
    },
    trim() {
      if (hasNewer()) return
      isScrolledUp = false
      show()
    },
  }

  return {
    methods,
    showEnd,
    hasOlder,
    most: () => (isScrolledUp && !hasNewer() ? bounds.scrolledUp : bounds.atEnd),
    onClose() {
      isScrolledUp = false
      isSliding = false
      // What was asked for before must not move the stream from its end.
      jumps += 1
      older.drop()
    },
  }
}
