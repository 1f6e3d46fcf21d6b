import type { Attachment, Message } from '../entities.ts'
import type { UnsentMessage } from '../messages/message-rows.ts'

/** A file that is shown, and its message, which may be sent meanwhile. */
export interface ShownFile {
  readonly attachment: Attachment
  readonly message: () => Message | UnsentMessage
  /** Resolves once the message is sent. */
  readonly sent: Promise<void>
}
