import type { Attachment, MessageRow } from '@dowellchat/client'

/** What shows one file of a message gets. */
export interface FileProps {
  readonly row: MessageRow
  readonly file: Attachment
  /** Whether the keyboard is at the message. */
  readonly isCurrent: boolean
}
