import type { PendingAttachment } from '../attachments/pending-state.ts'
import type { Attachment, Message, Quote } from '../entities.ts'
import type { MessageOrRow, SendOptions } from './live-stream.ts'
import type { UnsentMessage } from './message-rows.ts'
import type { Extras } from './outgoing.ts'

/** Unicode code points of a quoted message, as the server keeps them. */
const quoteLength = 200

/** The message of a row, or the message itself. */
export function messageIn(message: MessageOrRow): Message | UnsentMessage {
  return 'message' in message ? message.message : message
}

/** What a message answers. One that is not sent yet has no id, and is refused as every invalid id is. */
export function repliedTo({ replyTo, reply_to }: SendOptions): { readonly _id: string } | undefined {
  if (replyTo) return { _id: messageIn(replyTo)._id ?? '' }
  return reply_to === undefined ? undefined : { _id: reply_to }
}

/** What goes with the text of a message, as it is sent and shown. */
export function extrasOf(
  { replyTo, mentions, metadata, attachments }: SendOptions,
  parent: Extras['parent'],
): Extras {
  const replied = replyTo && messageIn(replyTo)
  return {
    ...(replied && replied._id !== null && { reply_seq: replied.seq, quote: quoteOf(replied) }),
    ...(mentions && mentions.length > 0 && { mentions }),
    ...(metadata && { metadata }),
    ...(attachments && attachments.length > 0 && { attachments: attachments.map(attachmentIn) }),
    ...(parent && { parent }),
  }
}

/** One that is not uploaded yet has no id, and is refused as every invalid id is. */
function attachmentIn(one: Attachment | PendingAttachment): Attachment {
  if ('upload_id' in one) return one
  return one.attachment ?? { upload_id: '', name: one.name, type: one.type, size: one.size }
}

function quoteOf({ _id, seq, nth, author, display_name, message_data }: Message): Quote {
  const text = [...message_data.slice(0, quoteLength * 2)].slice(0, quoteLength).join('')
  return { _id, seq, nth, author, display_name, message_data: text }
}
