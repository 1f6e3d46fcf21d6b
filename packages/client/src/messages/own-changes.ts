import type { Connection } from '../connection/connection.ts'
import { backoffMs } from '../connection/retry.ts'
import type { Message } from '../entities.ts'
import { isRequestError, ownError, type RequestError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import { uuid } from '../uuid.ts'
import { type ChangeDraft, changeDrafts, type Target } from './change-drafts.ts'
import { amend, mayBeStored } from './lane-amend.ts'
import type { MessageActions, MessageOrRow } from './live-stream.ts'
import type { OwnChange } from './message-rows.ts'
import { isPassing, mayHelp } from './outgoing.ts'
import { messageIn } from './replies.ts'
import type { StreamCore } from './stream-core.ts'

/** A change of the user's own that is not confirmed, or was refused. */
interface Pending {
  readonly cid: string
  /** The key of the message's row. */
  readonly key: string
  readonly message: MessageOrRow
  readonly draft: ChangeDraft
  readonly resolve: (message: Message) => void
  readonly reject: (error: RequestError) => void
  /** Whether its entry has come, which may be faster than the answer. */
  isInLog?: boolean
}

/** A change is sent so often that makes the server fail. */
const mostTries = 5
/** Changes that wait, and messages whose refused changes are remembered. */
const mostPending = 1_000

/**
 * The user's own changes of messages: shown at once, sent one after the other for each message, and again under the same cid
 * until the server has answered.
 */
export function createOwnChanges(core: StreamCore): MessageActions {
  const { log, rows, lane, show, state } = core
  const { connection, request } = core.wire
  /** Those that wait or are under way, by the keys of rows, in the order of the calls. */
  const pending = new Map<string, Pending[]>()
  const refused = new Map<string, { readonly change: Pending; readonly error: RequestError }>()
  let count = 0
  rows.showChanges({
    of: shownOf,
    confirm(cid) {
      for (const changes of pending.values())
        for (const change of changes) if (change.cid === cid) change.isInLog = true
    },
  })

  /** What a row shows of them. */
  function shownOf(key: string): OwnChange | undefined {
    const changes = (pending.get(key) ?? []).filter(({ isInLog }) => !isInLog)
    const last = refused.get(key)
    const shown = <M extends Parameters<ChangeDraft['show']>[0]>(message: M): M =>
      changes.reduce((before, { draft }) => draft.show(before), message)
    if (changes.length > 0) return { shown, status: 'changing', error: null, retry: null, discard: null }
    if (!last) return undefined
    const { change, error } = last
    const retry = mayHelp(error) ? () => begin(change.message, change.draft, change.cid) : null
    return { shown, status: 'refused', error, retry, discard: () => forget(key) }
  }

  function showAgain(key: string): void {
    rows.remake(key)
    log.remake((row) => (row.key === key ? rows.renewed(row) : row))
    show()
  }

  function forget(key: string): void {
    if (refused.delete(key)) showAgain(key)
  }

  function begin(message: MessageOrRow, draft: ChangeDraft, cid = uuid()): Promise<Message> {
    const key = keyOf(message)
    if (count >= mostPending)
      return ignorable(Promise.reject(ownError(draft.request, 'queue_full', 'Too many changes wait')))
    return ignorable(
      new Promise((resolve, reject) => {
        const change = { cid, key, message, draft, resolve, reject }
        const before = pending.get(key)
        pending.set(key, [...(before ?? []), change])
        count += 1
        refused.delete(key)
        note(change, true)
        showAgain(key)
        if (!before) void work(key)
      }),
    )
  }

  /** The key of a message's row. */
  function keyOf(message: MessageOrRow): string {
    return 'key' in message ? message.key : rows.keyOf(message)
  }

  /** A message names ten of those who have reacted: whether the user is among the others is remembered. */
  function note({ message, draft: { reaction } }: Pending, isDone: boolean): void {
    const { _id } = messageIn(message)
    if (reaction && _id !== null) rows.noteReaction(_id, reaction.name, reaction.isGiven === isDone)
  }

  /** Whether the user has a reaction already. */
  function hasReaction(about: MessageOrRow, name: string): boolean {
    const { _id, reactions } = messageIn(about)
    const reaction = reactions?.find((one) => one.reaction === name)
    return _id !== null && reaction !== undefined && rows.isOwnReaction(_id, reaction)
  }

  /** Sends the changes of a message, one after the other. */
  async function work(key: string): Promise<void> {
    for (let next = pending.get(key)?.[0]; next; next = pending.get(key)?.[0]) {
      try {
        const { message } = await send(next)
        log.put(message)
        end(next)
        next.resolve(message)
      } catch (error) {
        if (!isRequestError(error)) throw error
        end(next, error)
        next.reject(error)
      }
    }
  }

  function end(change: Pending, error?: RequestError): void {
    const { key } = change
    count -= 1
    const left = (pending.get(key) ?? []).filter((one) => one !== change)
    if (left.length > 0) pending.set(key, left)
    else pending.delete(key)
    if (error) {
      note(change, false)
      refused.set(key, { change, error })
    }
    for (const oldest of refused.keys()) {
      if (refused.size <= mostPending) break
      forget(oldest)
    }
    showAgain(key)
  }

  /** Tries until there is an answer that trying again does not change. */
  async function send({ cid, key, message, draft }: Pending): ReturnType<ChangeDraft['send']> {
    for (let tries = 1, failures = 1; ; failures++) {
      const target = await targetOf(key, message, draft)
      await untilOnline(connection)
      try {
        return await draft.send(request, { ...target, cid })
      } catch (error) {
        if (!isRequestError(error)) throw error
        if (!isPassing(error)) tries += 1
        if ((!isPassing(error) && !error.retryable) || tries > mostTries) throw error
        if (connection.socket.connected) await rest(backoffMs(failures, error))
      }
    }
  }

  /** Which message it is; one that is being sent is waited for. */
  async function targetOf(key: string, about: MessageOrRow, draft: ChangeDraft): Promise<Target> {
    const message = messageIn(about)
    if (message._id !== null) return { stream: message.stream, seq: message.seq, message_id: message._id }
    const stored = await untilStored(key)
    if (stored) return { stream: stored.stream, seq: stored.seq, message_id: stored._id }
    throw ownError(draft.request, 'not_found', 'The message was not sent')
  }

  /** The message of a cid, once the server has it; undefined if it was discarded. */
  function untilStored(cid: string): Promise<Message | undefined> {
    return new Promise((resolve) => {
      let stop = (): void => {}
      const look = (): void => {
        const one = lane.outgoing().find((outgoing) => outgoing.cid === cid)
        if (one && !one.message) return
        stop()
        resolve(one?.message ?? log.live.rows.findLast(({ key }) => key === cid)?.message)
      }
      stop = state.subscribe(look)
      look()
    })
  }

  const drafts = changeDrafts(() => connection.getSnapshot().session?.user_id ?? '')
  return {
    edit(message, text, { mentions } = {}) {
      const own = messageIn(message)
      // What was never sent is sent as it is now.
      const amended = own._id === null ? amend(lane, own.cid, text, mentions) : undefined
      return amended ?? begin(message, drafts.edit(text, mentions))
    },
    remove(message) {
      const row = 'delivery' in message && message.delivery !== 'sent' ? message : undefined
      const item = row && lane.parts.items.get(row.key)
      // A cut may have lost the answer that it is stored.
      if (!row?.discard || (item && mayBeStored(item))) return begin(message, drafts.remove())
      row.discard()
      return Promise.resolve(null)
    },
    react: (message, reaction) =>
      begin(message, drafts.react(reaction, true, hasReaction(message, reaction))),
    unreact: (message, reaction) =>
      begin(message, drafts.react(reaction, false, hasReaction(message, reaction))),
    pin: (message) => begin(message, drafts.pin(true)),
    unpin: (message) => begin(message, drafts.pin(false)),
  }
}

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function untilOnline(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    let stop = (): void => {}
    const look = (): void => {
      if (connection.getSnapshot().status !== 'online' || !connection.socket.connected) return
      stop()
      resolve()
    }
    stop = connection.subscribe(look)
    look()
  })
}
