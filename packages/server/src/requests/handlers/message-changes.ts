import {
  type DataOf,
  hasMembers,
  type Message,
  type MessageChangeRequests,
  type PayloadOf,
  streamOwner,
} from '@dowellchat/protocol'
import { Encoded } from '../../delivery/encoded.ts'
import { RequestError } from '../../errors.ts'
import type { ChangeContent, ChangeDraft, StreamKey } from '../../stores/store.ts'
import { actorOf } from '../audited.ts'
import type { Context, Handlers } from '../handler.ts'
import { isRepeated } from './access.ts'
import { allowedEdit } from './asking.ts'
import { expectMentions } from './mentioning.ts'
import { managesAll } from './room-access.ts'
import { rightsIn, type StreamRights } from './stream-rights.ts'

const defaultReactors = 50

export const messageChangeHandlers: Handlers<MessageChangeRequests> = {
  async edit_message({ message_data, mentions, ...target }, context) {
    expectMentions(message_data, mentions)
    const edit = { ...target, message_data, mentions }
    // What it takes to find out is waited for in its turn.
    return change(target, allowedEdit(edit, context), context, (rights) =>
      expectOpen(rights, target, context),
    )
  },

  async delete_message({ stream, seq, message_id }, context) {
    const { session, store, streams, changes } = context
    const key = keyOf(stream, context)
    const authorise = () => expectRemovable({ stream, seq, message_id }, context)
    const removed = await streams.remove(key, { targets: [seq], reason: 'deleted' }, authorise)
    context.files?.sweepSoon()
    // Other servers may have it in memory. Also when it is repeated: the first time may have been cut off before this.
    if (store.nodes)
      await changes.announce({ kind: 'messages_removed', workspace_id: session.workspace_id, stream })
    const text = await store.streams.message(key, seq)
    if (text === null) throw messageNotFound({ stream, message_id })
    return encoded(text, removed.length > 0)
  },

  react({ reaction, ...target }, context) {
    const content = { change: 'reacted', reaction } as const
    return change(target, content, context, (rights) => expectOpen(rights, target, context))
  },

  unreact({ reaction, ...target }, context) {
    const content = { change: 'unreacted', reaction } as const
    return change(target, content, context, (rights) => expectOpen(rights, target, context))
  },

  pin_message: (target, context) => change(target, { change: 'pinned' }, context, expectPins),

  unpin_message: (target, context) => change(target, { change: 'unpinned' }, context, expectPins),

  async get_pinned_messages({ stream }, context) {
    await rightsIn(stream, 'reading', context)
    return new Encoded(`{"messages":${await context.store.streams.pinned(keyOf(stream, context))}}`)
  },

  async get_reactions({ stream, reaction, after, limit = defaultReactors, ...target }, context) {
    await rightsIn(stream, 'reading', context)
    const range = { reaction, limit: limit + 1, ...(after !== undefined && { after }) }
    const found = await context.store.streams.reactors(keyOf(stream, context), target, range)
    if (!found) throw messageNotFound({ stream, ...target })
    return { user_ids: found.slice(0, limit), more: found.length > limit }
  },

  async get_message_versions({ stream, ...target }, context) {
    await rightsIn(stream, 'reading', context)
    const versions = await context.store.streams.versions(keyOf(stream, context), target)
    if (!versions) throw messageNotFound({ stream, ...target })
    return { versions }
  },
}

type Target = Pick<PayloadOf<'react'>, 'stream' | 'seq' | 'message_id' | 'cid'>
type Answer = Encoded<DataOf<'react'>>

/**
 * Changes a message when its turn comes: who has been removed by then changes nothing.
 * @param content a promise of it is waited for in its turn, so that changes keep their order
 */
async function change(
  { stream, seq, message_id, cid }: Target,
  content: ChangeContent | Promise<ChangeContent>,
  context: Context,
  expect: (rights: StreamRights) => Promise<void>,
): Promise<Answer> {
  const { session, streams } = context
  const { fingerprint } = context
  const draftOf = (made: ChangeContent): ChangeDraft => ({
    target: { seq, message_id },
    content: made,
    cid,
    fingerprint: `${made.change} ${fingerprint}`,
    user_ids: session.user_ids,
  })
  const draft = content instanceof Promise ? async () => draftOf(await content) : draftOf(content)
  const authorise = async () => {
    try {
      await expect(await rightsIn(stream, 'writing', context))
    } catch (error) {
      // Who may not do it any more is answered what they have done before.
      const isForbidden = error instanceof RequestError && error.code === 'forbidden'
      if (!isForbidden || !(await isRepeated(keyOf(stream, context), cid, context))) throw error
    }
  }
  const outcome = await streams.change(keyOf(stream, context), draft, authorise)
  if (!('refused' in outcome)) return encoded(outcome.text, outcome.changed)
  if (outcome.refused === 'not_found') throw messageNotFound({ stream, message_id })
  throw new RequestError(outcome.refused, outcome.why)
}

function encoded(text: string, changed: boolean): Answer {
  return new Encoded(`{"message":${text},"changed":${changed}}`)
}

function keyOf(stream: string, { session }: Context): StreamKey {
  return { workspace_id: session.workspace_id, stream }
}

function messageNotFound({ stream, message_id }: Pick<Target, 'stream' | 'message_id'>): RequestError {
  return new RequestError('not_found', `Message ${message_id} does not exist in ${stream}`)
}

/** Throws if the stream is closed, unless a change is repeated from before. */
async function expectOpen(
  { isClosed }: StreamRights,
  { stream, cid }: Target,
  context: Context,
): Promise<void> {
  if (!isClosed) return
  if (await isRepeated(keyOf(stream, context), cid, context)) return
  throw new RequestError('ticket_closed', `Ticket ${streamOwner(stream).id} is closed`)
}

async function expectPins({ pins }: StreamRights): Promise<void> {
  if (!pins) throw new RequestError('forbidden', 'You may not pin messages here')
}

/** Throws unless the message is there, and the session's own or one that it may remove. */
async function expectRemovable(
  { stream, seq, message_id }: Omit<Target, 'cid'>,
  context: Context,
): Promise<void> {
  const { removesOthers } = await removerRights(stream, context)
  const text = await context.store.streams.message(keyOf(stream, context), seq)
  // The text is a message's that a store of ours made.
  const message = JSON.parse(text ?? 'null') as Message | null
  if (message?._id !== message_id) throw messageNotFound({ stream, message_id })
  if (message.kind === 'removed') return
  const isOwn = message.author !== null && context.session.user_ids.includes(message.author)
  if (message.kind !== 'text') throw new RequestError('forbidden', 'This message cannot be removed')
  if (!isOwn && !removesOthers) throw new RequestError('forbidden', 'You may remove your own messages only')
  if (!isOwn) recordRemoval(message, context)
}

/** An admin removes also where they are no member: they learn no text by it. */
async function removerRights(stream: string, context: Context): Promise<Pick<StreamRights, 'removesOthers'>> {
  const { kind, id } = streamOwner(stream)
  const isAdmin = kind === 'room' && hasMembers(id) && managesAll(context.session)
  return isAdmin ? { removesOthers: true } : rightsIn(stream, 'reading', context)
}

function recordRemoval({ _id, author }: Message, { session, credential, address, audit }: Context): void {
  const who = { ...actorOf({ session, credential }), address }
  const what = { act: 'delete_message', object: _id, user_id: author, of: [_id] }
  audit.record(session.workspace_id, { ...who, ...what })
}
