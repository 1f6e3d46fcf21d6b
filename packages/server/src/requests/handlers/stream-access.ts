import { streamOwner } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { StreamKey } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireTicket } from './access.ts'
import { roomGuard } from './room-access.ts'
import { requireThread } from './thread-access.ts'

/** The stream's key, if the session may read it. */
export async function readableStream(stream: string, context: Context): Promise<StreamKey> {
  const { kind, id } = streamOwner(stream)
  switch (kind) {
    case 'room':
      await roomGuard(context, id)?.()
      break
    case 'ticket':
      await requireTicket(context, id)
      break
    case 'notes':
      if (context.right !== 'all') throw new RequestError('not_found', `${stream} does not exist`)
      await requireTicket(context, id)
      break
    case 'thread':
      await requireThread(context, id)
      break
    case null:
      throw new RequestError('not_found', `${stream} does not exist`)
    default:
      kind satisfies never
  }
  return { workspace_id: context.session.workspace_id, stream }
}
