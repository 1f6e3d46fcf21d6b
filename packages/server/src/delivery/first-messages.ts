import { type Attachment, type Message, type Ticket, ticketStream } from '@dowellchat/protocol'
import { unnamedMs } from '../attachments/sweeping.ts'
import { countedCache } from '../counted-cache.ts'
import { RequestError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { toAttachment } from '../stores/fields/uploads.ts'
import type { MessageDraft, Store, StreamKey } from '../stores/store.ts'
import { dateNow, isoNow, repeat } from '../time.ts'
import type { Streams } from './streams.ts'

/** A ticket's first message as its row keeps it, as JSON, until it is in the conversation. */
export interface FirstMessage extends Pick<MessageDraft, 'message_data' | 'display_name' | 'author' | 'sid'> {
  readonly mentions?: Message['mentions']
  readonly metadata?: Message['metadata']
  readonly upload_ids?: readonly string[]
  /** Whose uploads they may be. */
  readonly user_ids: readonly string[]
}

/** What sending one needs; a request's `Context` has it too. */
export interface FirstMessageParts {
  readonly store: Pick<Store, 'streams' | 'tickets' | 'uploads'>
  readonly streams: Pick<Streams, 'appendAll'>
}

/** Appends a ticket's first message, unless that is done. Repeating it appends nothing twice. */
export async function sendFirst(
  { store, streams }: FirstMessageParts,
  workspace_id: string,
  ticket: Pick<Ticket, '_id' | 'product'>,
): Promise<void> {
  const { _id } = ticket
  const text = await store.tickets.firstText(workspace_id, _id)
  if (text === null) return
  // A server of ours has made the text.
  const first = JSON.parse(text) as FirstMessage
  const key = { workspace_id, stream: ticketStream(_id) }
  const draft = draftOf(ticket, first)
  const inTurn = async () => {
    const attachments = await filesOf(store, key, draft, first)
    return draft.message_data === '' && !attachments
      ? []
      : [{ ...draft, ...(attachments && { attachments }) }]
  }
  // Of another message under its cid nothing can be made.
  for (const sent of await streams.appendAll(key, inTurn, 1))
    if (sent instanceof RequestError && sent.code !== 'conflict') throw sent
  await store.tickets.firstSent(workspace_id, _id)
}

function draftOf({ _id, product }: Pick<Ticket, '_id' | 'product'>, first: FirstMessage): MessageDraft {
  const { message_data, display_name, author, sid, mentions, metadata } = first
  return {
    kind: 'text',
    cid: `first:${_id}`,
    fingerprint: 'first',
    message_data,
    author,
    display_name,
    reply_to: null,
    client_created_at: null,
    sid,
    ticket_id: _id,
    product,
    ...(mentions && { mentions }),
    ...(metadata && { metadata }),
  }
}

/** Gives it its files; undefined where it has none, or they are gone by now: then it comes without. */
async function filesOf(
  { streams, uploads }: Pick<Store, 'streams' | 'uploads'>,
  key: StreamKey,
  { author, cid }: MessageDraft,
  { upload_ids, user_ids }: FirstMessage,
): Promise<Attachment[] | undefined> {
  // What is in the log already stays as it is.
  if (!upload_ids || (await streams.has(key, author, cid))) return undefined
  const named = await uploads.name(key.workspace_id, {
    ...{ upload_ids, user_ids, stream: key.stream, author, cid, at: isoNow() },
    due_at: new Date(dateNow() + unnamedMs).toISOString(),
  })
  return 'refused' in named ? undefined : named.uploads.map(toAttachment)
}

/** A request that has just made a ticket sends its first message itself. */
const patienceMs = 60_000
/** A look reads one range of an index, which is almost always empty. */
const lookMs = 60_000
const ticketsAtOnce = 100
const mostTold = 1_000

/**
 * Sends the first messages of tickets whose server has ended before it did, or that it could not send, now and every minute.
 * @returns a function that stops this; it resolves once none is under way
 */
export function startFirstMessages(
  parts: FirstMessageParts & { readonly logger: Logger },
): () => Promise<void> {
  const { store, logger } = parts
  let isStopped = false
  let looking = Promise.resolve()
  let isFailing = false
  /** The tickets of which it was told that theirs cannot be sent. */
  const told = countedCache<string, true>(mostTold)

  async function look(): Promise<void> {
    const before = new Date(dateNow() - patienceMs).toISOString()
    for (let isFull = true; isFull && !isStopped; ) {
      const left = await store.tickets.unsent(before, ticketsAtOnce)
      let isAnySent = false
      for (const { workspace_id, ticket_id } of left)
        if (await sendOne(workspace_id, ticket_id)) isAnySent = true
      isFull = left.length === ticketsAtOnce && isAnySent
    }
  }

  /** Answers whether it is sent. One that cannot be keeps no others waiting, and is tried again a minute later. */
  async function sendOne(workspaceId: string, ticketId: string): Promise<boolean> {
    try {
      const ticket = await store.tickets.get(workspaceId, ticketId)
      if (ticket) await sendFirst(parts, workspaceId, ticket)
      return ticket !== null
    } catch (error) {
      const fields = { error, ticket: ticketId, workspace: workspaceId }
      // Said once, however often it is tried.
      if (!told.has(ticketId)) logger.error(fields, 'The first message of a ticket could not be sent')
      told.set(ticketId, true)
      return false
    }
  }

  async function lookSafely(): Promise<void> {
    try {
      await look()
      isFailing = false
    } catch (error) {
      // Said once, however long it takes.
      if (!isFailing) logger.error({ error }, 'First messages of tickets could not be sent')
      isFailing = true
    }
  }

  function next(): Promise<void> {
    looking = looking.then(lookSafely)
    return looking
  }

  void next()
  const stop = repeat(next, lookMs)
  return () => {
    isStopped = true
    stop()
    return looking
  }
}
