import type { DataOf, Message, PushOf } from '../entities.ts'
import { isRequestError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import type { Drafting } from './live-stream.ts'
import type { DraftRow } from './message-rows.ts'
import type { StreamCore } from './stream-core.ts'

type Draft = DataOf<'get_drafts'>['drafts'][number]

/** A draft as far as it is known. */
interface Known {
  draft: Draft
  row: DraftRow | undefined
  readonly created_at: string
  /** When the last push came, among all. */
  at: number
  /** The last push that could not be taken, since one before it is missing; 0 if nothing is. */
  missed: number
  until: number
}

export interface Drafts extends Drafting {
  /** The rows of what is being written, the one first that began first. */
  readonly rows: () => readonly DraftRow[]
  /** Makes the rows anew, where somebody is blocked now. */
  readonly renew: () => void
  readonly onLive: () => void
  readonly onClose: () => void
}

/** A draft of which nothing was heard for so long is over, as a server says that is there. */
const expiryMs = 32_000
/** How often the server is asked for what was missed. */
const askEveryMs = 1_000
const mostDrafts = 20
/** Keys of messages that were drafts are remembered. */
const mostKeys = 1_000
const none: readonly DraftRow[] = []

/** What others are writing in a stream bit by bit. */
export function createDrafts(core: StreamCore): Drafts {
  const { stream, rows: messageRows, log, show } = core
  const { request, on, connection, blocked } = core.wire
  const known = new Map<string, Known>()
  /** Of what was shown as a draft. */
  const keys = new Set<string>()
  let shown = none
  let pushes = 0
  let stop: (() => void) | undefined
  let sweeping: ReturnType<typeof setTimeout> | undefined
  let asking: ReturnType<typeof setTimeout> | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  messageRows.showDrafts(takeMessage)

  /** The key of a message's row. What was its draft is shown no more. */
  function takeMessage({ author, cid, _id }: Message, isOwn: boolean): string {
    const key = `${author} ${cid}`
    if (known.delete(key)) shown = made()
    return isOwn ? cid : keys.has(key) ? key : _id
  }

  function isSent({ author, cid }: Pick<Draft, 'author' | 'cid'>): boolean {
    return log.live.rows.some(({ message }) => message.cid === cid && message.author === author)
  }

  function onPush({ from, text, is_over, ...draft }: PushOf<'message_draft'>): void {
    if (draft.stream !== stream) return
    const key = `${draft.author} ${draft.cid}`
    const before = known.get(key)
    pushes += 1
    if (is_over) forget(key)
    else if (from === 0 || (before && before.missed === 0 && draft.n === before.draft.n + 1))
      put({ ...draft, text: (before?.draft.text ?? '').slice(0, from) + text })
    else {
      if (before) before.missed = draft.n
      ask()
    }
  }

  function put(draft: Draft): void {
    const key = `${draft.author} ${draft.cid}`
    const before = known.get(key)
    if (!before && (known.size >= mostDrafts || isSent(draft))) return
    const { created_at = new Date().toISOString() } = before ?? {}
    known.set(key, { draft, row: undefined, created_at, at: pushes, missed: 0, until: Date.now() + expiryMs })
    remember(key)
    showAll()
  }

  function remember(key: string): void {
    keys.delete(key)
    keys.add(key)
    const [oldest] = keys
    if (keys.size > mostKeys && oldest !== undefined) keys.delete(oldest)
  }

  function forget(key: string): void {
    if (known.delete(key)) showAll()
  }

  function showAll(): void {
    const now = Date.now()
    // A server that was killed does not say what is over.
    for (const [key, { until }] of known) if (until <= now) known.delete(key)
    shown = made()
    clearTimeout(sweeping)
    const next = Math.min(...[...known.values()].map(({ until }) => until))
    if (known.size > 0) sweeping = setTimeout(showAll, next - now)
    show()
  }

  function made(): readonly DraftRow[] {
    if (known.size === 0) return none
    return [...known].map(([key, one]) => {
      one.row ??= rowOf(key, one)
      return one.row
    })
  }

  function rowOf(key: string, { draft, created_at }: Known): DraftRow {
    const { cid, author, display_name, text } = draft
    const { session } = connection.getSnapshot()
    const isOwn = session?.user_id === author
    const place = { _id: null, seq: null, nth: null, stream, created_at, client_created_at: null }
    const content = { type: 'message', kind: 'text', cid, message_data: text, reply_to: null } as const
    return {
      key: isOwn ? cid : key,
      message: { ...place, ...content, author, display_name },
      delivery: 'draft',
      status: 'draft',
      isOwn,
      reactions: [],
      mentionsMe: false,
      isBlocked: blocked.has(author),
      error: null,
      retry: null,
      discard: null,
    }
  }

  /** Asks soon for what is being written, where that is not known. */
  function ask(): void {
    if (asking !== undefined) return
    const wait = askedAt + askEveryMs - Date.now()
    if (wait <= 0) return void load()
    asking = setTimeout(() => {
      asking = undefined
      void load()
    }, wait)
  }

  async function load(): Promise<void> {
    const { session } = connection.getSnapshot()
    // An earlier server does not know it.
    if (!session?.can.includes('get_drafts') || !core.isOpen()) return
    const before = pushes
    askedAt = Date.now()
    try {
      const { drafts } = await request.get_drafts({ stream })
      if (core.isOpen()) take(drafts, before)
    } catch (error) {
      if (!isRequestError(error)) throw error
    }
  }

  /** @param before how many pushes had come when the server was asked */
  function take(drafts: readonly Draft[], before: number): void {
    const answered = new Map(drafts.map((draft) => [`${draft.author} ${draft.cid}`, draft]))
    for (const [key, { at }] of known) if (!answered.has(key) && at <= before) known.delete(key)
    for (const [key, draft] of answered) {
      const { at = 0, missed = 0, draft: mine } = known.get(key) ?? {}
      const isNewer = mine && missed === 0 && at > before && mine.n >= draft.n
      if (!isNewer) put(draft)
      // It was answered before what was missed.
      if (missed > draft.n) ask()
    }
    showAll()
  }

  function onClose(): void {
    stop?.()
    stop = undefined
    clearTimeout(sweeping)
    clearTimeout(asking)
    asking = undefined
    known.clear()
    shown = none
  }

  return {
    rows: () => shown,
    renew() {
      for (const one of known.values()) one.row = undefined
      shown = made()
    },
    onLive() {
      stop ??= on.message_draft(onPush)
      askedAt = Number.NEGATIVE_INFINITY
      ask()
    },
    onClose,
    stopDraft: ({ message: { cid } }) =>
      ignorable(
        request.stop_draft({ stream, cid }).then(
          () => undefined,
          (error: unknown) => {
            // It has ended by itself.
            if (!isRequestError(error) || error.code !== 'not_found') throw error
          },
        ),
      ),
  }
}
