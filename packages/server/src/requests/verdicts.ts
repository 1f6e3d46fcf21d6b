import {
  type Attachment,
  type Mention,
  type Message,
  mentionsProblem,
  OutgoingMessage,
} from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { RequestError } from '../errors.ts'
import type { StreamKey } from '../stores/store.ts'
import type { ExpectMetadata } from './schemas.ts'

/** A message that somebody wants to send, or the new text that they want a message of theirs to have. */
export interface OfferedMessage extends StreamKey {
  /** Of what they send, the same in each repetition. */
  readonly cid: string
  readonly message_data: string
  readonly mentions: readonly Mention[]
  readonly metadata: Message['metadata'] | null
  readonly attachments: readonly Attachment[]
  /** The id of the message that it answers. */
  readonly reply_to: string | null
  /** The id of the message that gets a new text; null for a new message. Of an edit only text and mentions can be changed. */
  readonly edits: string | null
}

/** What becomes of a message: nothing for as it is, what is to be changed in it, or why it is refused, in words for its sender. */
export type MessageVerdict =
  | undefined
  | {
      readonly message_data?: string
      /** Left out: those mentions stay whose words are still at their places. */
      readonly mentions?: readonly Mention[]
      readonly metadata?: Message['metadata']
      readonly refuse?: undefined
    }
  | { readonly refuse: string }

/** What of a message may be changed. */
export interface Allowed {
  readonly message_data: string
  readonly mentions?: Mention[] | undefined
  readonly metadata?: Message['metadata'] | undefined
}

const mostRefusal = 500

/** @throws where it is no verdict, or changes a message to what none may be */
export function allowedBy(
  verdict: MessageVerdict,
  message: OfferedMessage,
  expectMetadata: ExpectMetadata,
): Allowed | RequestError {
  if (verdict === undefined) return contentOf(message)
  if (typeof verdict !== 'object' || verdict === null) throw new TypeError('expected nothing or an object')
  if (verdict.refuse !== undefined)
    return new RequestError('forbidden', String(verdict.refuse).slice(0, mostRefusal))
  const { message_data = message.message_data, metadata = message.metadata ?? undefined } = verdict
  const mentions = verdict.mentions ?? stayingMentions(message, message_data)
  const changed = expectMessage({ message_data, mentions, metadata }, message)
  expectMetadata('messageMetadata', changed.metadata)
  return changed
}

function contentOf({ message_data, mentions, metadata }: OfferedMessage): Allowed {
  const named = mentions.length > 0 ? [...mentions] : undefined
  return { message_data, mentions: named, metadata: metadata ?? undefined }
}

/** As a payload of a client is read. */
function expectMessage(changed: object, { cid, attachments }: OfferedMessage): Allowed {
  const files = attachments.map(({ upload_id }) => ({ upload_id }))
  const content = { ...changed, cid, ...(files.length > 0 && { attachments: files }) }
  const { message_data, mentions = [], metadata } = z.parse(OutgoingMessage, content)
  const problem = mentionsProblem(message_data, mentions)
  if (problem) throw new TypeError(problem)
  return { message_data, mentions: mentions.length > 0 ? mentions : undefined, metadata }
}

/** Those mentions whose words are where they were. */
function stayingMentions({ message_data, mentions }: OfferedMessage, changed: string): readonly Mention[] {
  return mentions.filter(({ start, end }) => message_data.slice(start, end) === changed.slice(start, end))
}
