import type { Attachment, Mention, Message, Quote } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { MessageMetadata } from '../register.ts'

/** What goes with the text of a message. */
export interface Extras {
  readonly reply_seq?: number
  /** Shown until the server says what the reply answers. */
  readonly quote?: Quote
  readonly mentions?: readonly Mention[]
  readonly metadata?: MessageMetadata
  /** Shown whole; their ids alone are sent. */
  readonly attachments?: readonly Attachment[]
  /** The stream and the seq of the message whose thread must be made first. */
  readonly parent?: { readonly stream: string; readonly seq: number }
}

/** A message of the client's own user, from `send` until its entry is in the log. */
export interface Outgoing {
  readonly cid: string
  readonly message_data: string
  readonly reply_to: string | null
  readonly created_at: string
  readonly extras: Extras
  /** Why it failed; null while it waits or is under way. */
  readonly error: RequestError | null
  /** The server's answer, which can arrive before the entry. */
  readonly message: Message | null
  /** Whether sending it again may help; false unless it has failed. */
  readonly canRetry: boolean
  /** When it is sent by itself, as `Date.now()` counts, where the room's slow mode makes it wait; null otherwise. */
  readonly waitsUntil: number | null
  /** Whether it can be taken back: it has failed, or waits and is not under way. */
  readonly canDiscard: boolean
}

/** A message as it is sent. */
export interface Draft {
  readonly cid: string
  readonly message_data: string
  readonly client_created_at: string
  readonly reply_to?: string
  readonly reply_seq?: number
  readonly mentions?: Mention[]
  readonly metadata?: MessageMetadata
  readonly attachments?: { upload_id: string }[]
}

/** What has become of a message that was sent. A shared error is the request's, which may have had several messages. */
export type Outcome =
  | { readonly message: Message }
  | { readonly error: RequestError; readonly isShared: boolean }

export function draftOf({ cid, message_data, reply_to, created_at, extras }: Outgoing): Draft {
  // What is shown alone is not sent.
  const { quote, parent, attachments, ...more } = extras
  return {
    ...(more as Partial<Draft>),
    ...{ cid, message_data, client_created_at: created_at },
    ...(reply_to !== null && { reply_to }),
    ...(attachments && { attachments: attachments.map(({ upload_id }) => ({ upload_id })) }),
  }
}

/** Failures that say nothing about the message: it waits until they are over, however long that takes. */
const passing = ['unavailable', 'timeout', 'rate_limited', 'unauthenticated']
/** Failures that the same message will have for ever. */
const final = [
  'invalid_payload',
  'too_large',
  'conflict',
  'forbidden',
  'ticket_closed',
  'unknown_event',
  'unsupported_protocol',
]
/** Failures that are the stream's, and those of every message in it. */
const ofStream = ['not_found', 'forbidden', 'ticket_closed']

export const isPassing = ({ code }: RequestError): boolean => passing.includes(code)
export const isOfStream = ({ code }: RequestError): boolean => ofStream.includes(code)
/** Whether a person who tries again later may succeed, as one who is muted for a time. */
export const mayHelp = ({ code, details }: RequestError): boolean =>
  !final.includes(code) || (details as { muted_until?: unknown } | undefined)?.muted_until !== undefined
