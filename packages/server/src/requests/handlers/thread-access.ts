import { hasMembers, streamOwner, threadStream } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { isAllowedRoom } from '../../identity/permissions.ts'
import type { StreamKey, ThreadRow } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireTicket } from './access.ts'
import { requireMembership } from './room-access.ts'

export function threadKey({ session }: Context, thread: string): StreamKey {
  return { workspace_id: session.workspace_id, stream: threadStream(thread) }
}

/** The thread, if the session may read its message. Any other fails like one that does not exist. */
export async function requireThread(context: Context, id: string): Promise<ThreadRow> {
  const row = await context.threads.find(context.session.workspace_id, id)
  if (!row) throw threadNotFound(id)
  try {
    await expectReadable(context, row.parent)
  } catch (error) {
    throw error instanceof RequestError && error.code === 'not_found' ? threadNotFound(id) : error
  }
  return row
}

/** Threads are of messages in rooms and tickets. */
async function expectReadable(context: Context, parent: string): Promise<void> {
  const { kind, id } = streamOwner(parent)
  if (kind === 'ticket') await requireTicket(context, id)
  else if (kind !== 'room') throw threadNotFound(id)
  else if (hasMembers(id)) await requireMembership(context, id)
  else if (!isAllowedRoom(id, context.session)) throw threadNotFound(id)
}

export function threadNotFound(id: string): RequestError {
  return new RequestError('not_found', `Thread ${id} does not exist`)
}
