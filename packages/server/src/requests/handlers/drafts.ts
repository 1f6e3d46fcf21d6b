import type { DraftRequests } from '@dowellchat/protocol'
import type { Writer } from '../../sockets/held-draft.ts'
import type { Context, Handlers } from '../handler.ts'
import { ticketClosed } from './access.ts'
import { readableStream } from './stream-access.ts'
import { rightsIn } from './stream-rights.ts'

export const draftHandlers: Handlers<DraftRequests> = {
  async draft_message({ stream, cid, from, text }, context) {
    const writer = writerOf(context, stream)
    return {
      length: await context.drafts.write(writer, cid, { from, text }, () => expectVoice(stream, context)),
    }
  },

  async end_draft({ stream, cid }, context) {
    await readableStream(stream, context)
    context.drafts.end(writerOf(context, stream), cid)
    return {}
  },

  async stop_draft({ stream, cid }, context) {
    const key = await readableStream(stream, context)
    await context.drafts.stop(key, cid, context.session.user_id)
    return {}
  },

  async get_drafts({ stream }, context) {
    return { drafts: [...(await context.drafts.in(await readableStream(stream, context)))] }
  },
}

function writerOf({ session, connection }: Context, stream: string): Writer {
  return { key: { workspace_id: session.workspace_id, stream }, session, socketId: connection.socketId }
}

/** Throws if the session could not send a message there. */
async function expectVoice(stream: string, context: Context): Promise<void> {
  const { isClosed } = await rightsIn(stream, 'writing', context)
  if (isClosed) throw ticketClosed(stream.slice('ticket:'.length))
}
