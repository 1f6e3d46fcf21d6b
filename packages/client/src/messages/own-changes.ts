import { normalReaction } from '@dowellchat/protocol/core'
import type { Connection } from '../connection/connection.ts'
import { backoffMs } from '../connection/retry.ts'
import type { Message } from '../entities.ts'
import { isRequestError, ownError, RequestError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import { uuid } from '../uuid.ts'
import { type ChangeDraft, changeDrafts, type Target } from './change-drafts.ts'
import { amend, mayBeStored, outcomeOf } from './lane-amend.ts'
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
  /** A removal of what was never sent has no message. */
  readonly resolve: (message: Message | null) => void
  readonly reject: (error: RequestError) => void
  /** Whether its entry has come, which may be faster than the answer. */
  isInLog?: boolean
  /** Whether it has been sent, and not answered yet. */
  isUnderWay?: boolean
  /** Takes it back if it waits; the outbox knows it by this. */
  readonly discard: () => void
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
  const { log, rows, lane, show } = core
  const { connection, request, outbox } = core.wire
  const { items } = lane.parts
  /** Those that wait or are under way, by the keys of rows, in the order of the calls. */
  const pending = new Map<string, Pending[]>()
  /** The keys whose changes are being sent. */
  const worked = new Set<string>()
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

  function begin<M extends Message | null = Message>(
    message: MessageOrRow,
    draft: ChangeDraft,
    cid = uuid(),
  ): Promise<M> {
    const key = keyOf(message)
    if (count >= mostPending)
      return ignorable(Promise.reject(ownError(draft.request, 'queue_full', 'Too many changes wait')))
    return ignorable(
      new Promise<M>((done, reject) => {
        const resolve = done as Pending['resolve']
        const change: Pending = { cid, key, message, draft, resolve, reject, discard: () => discard(change) }
        pending.set(key, [...(pending.get(key) ?? []), change])
        count += 1
        refused.delete(key)
        note(change, true)
        outbox.noteChange(change.discard, true)
        showAgain(key)
        if (!worked.has(key)) void work(key)
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

  function react(message: MessageOrRow, text: string, isGiven: boolean): Promise<Message> {
    const reaction = normalReaction(text)
    return begin(message, drafts.react(reaction, isGiven, hasReaction(message, reaction)))
  }

  /** Sends the changes of a message, one after the other. */
  async function work(key: string): Promise<void> {
    worked.add(key)
    for (let next = pending.get(key)?.[0]; next; next = pending.get(key)?.[0]) {
      try {
        const { message } = await send(next)
        log.put(message)
        end(next)
        next.resolve(message)
      } catch (error) {
        if (!isRequestError(error)) throw error
        // It was discarded while it waited.
        if (!isPending(next)) continue
        if (error.request !== next.draft.request) {
          onUnsent(next, error)
          continue
        }
        end(next, error)
        next.reject(error)
      }
    }
    worked.delete(key)
  }

  /** The message itself has failed, as its own row says, or was discarded. */
  function onUnsent(change: Pending, error: RequestError): void {
    const { key, draft } = change
    const item = items.get(key)
    // It is sent again already.
    if (item && !item.one.error) return
    if (item) draft.ifFailed?.(lane, item)
    end(change)
    if (draft.request === 'delete_message') change.resolve(null)
    else change.reject(error)
  }

  const isPending = (change: Pending): boolean => pending.get(change.key)?.includes(change) === true

  /** Takes back a change that waits. */
  function discard(change: Pending): void {
    if (change.isUnderWay || change.isInLog) return
    note(change, false)
    end(change)
    change.reject(discarded(change))
  }

  function end(change: Pending, error?: RequestError): void {
    const { key } = change
    count -= 1
    outbox.noteChange(change.discard, false)
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
  async function send(change: Pending): ReturnType<ChangeDraft['send']> {
    const { cid, key, message, draft } = change
    const target = await targetOf(key, message, draft)
    for (let tries = 1, failures = 1; ; failures++) {
      await untilOnline(connection)
      if (!isPending(change)) throw discarded(change)
      change.isUnderWay = true
      try {
        return await draft.send(request, { ...target, cid })
      } catch (error) {
        change.isUnderWay = false
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
    const item = items.get(key)
    if (item?.one.error) throw item.one.error
    const stored = item ? (item.one.message ?? (await outcomeOf(item))) : inLog(key)
    if (stored) return { stream: stored.stream, seq: stored.seq, message_id: stored._id }
    throw ownError(draft.request, 'not_found', 'The message was not sent')
  }

  const inLog = (key: string): Message | undefined =>
    log.live.rows.findLast((row) => row.key === key)?.message

  /** Whether the server may have an unsent row's message: a cut may have lost the answer, or it came after the row was made. */
  function mayHave(key: string): boolean {
    const item = items.get(key)
    return item ? mayBeStored(item) : !core.isOpen() || inLog(key) !== undefined
  }

  const drafts = changeDrafts(() => connection.getSnapshot().session?.user_id ?? '')
  return {
    edit(message, text, { mentions } = {}) {
      const own = messageIn(message)
      // What was never sent is sent as it is now, unless other changes wait for it to be stored.
      const isFirst = own._id === null && !pending.has(keyOf(message))
      const amended = isFirst ? amend(lane, own.cid, text, mentions) : undefined
      return amended ?? begin(message, drafts.edit(text, mentions))
    },
    remove(message) {
      const row = 'delivery' in message && message.delivery !== 'sent' ? message : undefined
      if (!row?.discard || mayHave(row.key)) return begin<Message | null>(message, drafts.remove())
      row.discard()
      return Promise.resolve(null)
    },
    react: (message, reaction) => react(message, reaction, true),
    unreact: (message, reaction) => react(message, reaction, false),
    pin: (message) => begin(message, drafts.pin(true)),
    unpin: (message) => begin(message, drafts.pin(false)),
  }
}

const discarded = ({ draft: { request } }: Pending): RequestError =>
  new RequestError(request, { code: 'discarded', message: 'The change was discarded', retryable: false })

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
