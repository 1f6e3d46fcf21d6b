import { hasMembers, streamOwner, type Thread, type ThreadRequests } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { ChangeDraft, StreamKey, ThreadRow } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireTicket, ticketClosed } from './access.ts'
import { requireVoice } from './room-access.ts'
import { readableStream } from './stream-access.ts'
import { requireThread, threadKey } from './thread-access.ts'

export const threadHandlers: Handlers<ThreadRequests> = {
  async start_thread({ stream, seq, message_id, cid }, context) {
    const { kind } = streamOwner(stream)
    if (kind === 'thread')
      throw new RequestError('conflict', 'A message of a thread has no thread of its own')
    if (kind === 'notes') throw new RequestError('conflict', 'Notes have no threads')
    const { session, streams, fingerprint } = context
    const key = { workspace_id: session.workspace_id, stream }
    const made = { cid, fingerprint: `thread_started ${fingerprint}`, user_ids: session.user_ids }
    const target = { seq, message_id }
    const draft: ChangeDraft = { target, content: { change: 'thread_started' }, ...made }
    // The row first: the message says that it has a thread only once there is one.
    const outcome = await streams.change(key, draft, () => makeThread(key, target, context))
    if ('refused' in outcome) throw new RequestError(outcome.refused, outcome.why)
    return threadIn(stream, message_id, context)
  },

  async join_thread({ thread, position, limit }, context) {
    const { session, streams, connection, threads } = context
    const key = threadKey(context, thread)
    let row: ThreadRow | undefined
    const authorise = async () => {
      row = await requireThread(context, thread)
    }
    const { page } = await streams.join(key, connection, { position, limit }, authorise)
    if (row) threads.joined(session.workspace_id, row)
    // Again, since the membership may have ended while the socket was subscribed.
    await requireThread(context, thread).catch((error: unknown) => {
      connection.unsubscribe(key)
      throw error
    })
    return page
  },

  async leave_thread({ thread }, context) {
    await context.streams.leave(threadKey(context, thread), context.connection)
    return { thread }
  },

  async get_threads({ stream, threads: ids }, context) {
    const { workspace_id } = await readableStream(stream, context)
    return { threads: await context.store.threads.list(workspace_id, stream, ids) }
  },
}

/** Makes the row of a message's thread, if there is none. Who may not write may still have the one that there is. */
async function makeThread(
  key: StreamKey,
  { seq, message_id }: ChangeDraft['target'],
  context: Context,
): Promise<void> {
  const { store, threads } = context
  await readableStream(key.stream, context)
  if (await threads.find(key.workspace_id, message_id)) return
  await expectWritable(key.stream, context)
  const text = await store.streams.message(key, seq)
  // The text is a message's that the store has made.
  const message = text === null ? undefined : (JSON.parse(text) as { _id: string; kind: string })
  if (message?._id !== message_id || message.kind === 'removed')
    throw new RequestError('not_found', `Message ${message_id} does not exist in ${key.stream}`)
  await store.threads.create(key.workspace_id, { _id: message_id, parent: key.stream, parent_seq: seq })
}

async function expectWritable(stream: string, context: Context): Promise<void> {
  const { kind, id } = streamOwner(stream)
  if (kind === 'room' && hasMembers(id)) await requireVoice(context, id)
  if (kind === 'ticket' && (await requireTicket(context, id)).is_closed) throw ticketClosed(id)
}

async function threadIn(stream: string, id: string, { session, store }: Context): Promise<Thread> {
  const [thread] = await store.threads.list(session.workspace_id, stream, [id])
  if (!thread) throw new RequestError('not_found', `Message ${id} does not exist in ${stream}`)
  return thread
}
