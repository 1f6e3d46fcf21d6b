import type { Requests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { attachmentHandlers } from './attachments.ts'
import { auditHandlers } from './audit.ts'
import { callHandlers } from './calls.ts'
import { cannedAnswerHandlers } from './canned-answers.ts'
import { draftHandlers } from './drafts.ts'
import { estimateHandlers } from './estimates.ts'
import { keyHandlers } from './keys.ts'
import { lineManagerHandlers } from './line-managers.ts'
import { messageChangeHandlers } from './message-changes.ts'
import { messageHandlers } from './messages.ts'
import { moderationHandlers } from './moderation.ts'
import { personalDataHandlers } from './personal-data.ts'
import { presenceHandlers } from './presence.ts'
import { readerHandlers } from './readers.ts'
import { roomHandlers } from './rooms.ts'
import { searchHandlers } from './search.ts'
import { sessionHandlers } from './session.ts'
import { shareLinkHandlers } from './share-links.ts'
import { streamHandlers } from './streams.ts'
import { threadHandlers } from './threads.ts'
import { ticketHandlers } from './tickets.ts'
import { topicHandlers } from './topics.ts'
import { userHandlers } from './users.ts'
import { webhookHandlers } from './webhooks.ts'

/** One handler per request of the contract; a missing one is a compile error. */
export const handlers: Handlers<Requests> = {
  ...sessionHandlers,
  ...roomHandlers,
  ...messageHandlers,
  ...messageChangeHandlers,
  ...attachmentHandlers,
  ...draftHandlers,
  ...searchHandlers,
  ...moderationHandlers,
  ...presenceHandlers,
  ...readerHandlers,
  ...threadHandlers,
  ...streamHandlers,
  ...callHandlers,
  ...topicHandlers,
  ...lineManagerHandlers,
  ...ticketHandlers,
  ...estimateHandlers,
  ...cannedAnswerHandlers,
  ...shareLinkHandlers,
  ...userHandlers,
  ...keyHandlers,
  ...auditHandlers,
  ...personalDataHandlers,
  ...webhookHandlers,
}
