import type { Requests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { auditHandlers } from './audit.ts'
import { callHandlers } from './calls.ts'
import { keyHandlers } from './keys.ts'
import { lineManagerHandlers } from './line-managers.ts'
import { messageHandlers } from './messages.ts'
import { personalDataHandlers } from './personal-data.ts'
import { roomHandlers } from './rooms.ts'
import { sessionHandlers } from './session.ts'
import { streamHandlers } from './streams.ts'
import { ticketHandlers } from './tickets.ts'
import { topicHandlers } from './topics.ts'
import { userHandlers } from './users.ts'

/** One handler per request of the contract; a missing one is a compile error. */
export const handlers: Handlers<Requests> = {
  ...sessionHandlers,
  ...roomHandlers,
  ...messageHandlers,
  ...streamHandlers,
  ...callHandlers,
  ...topicHandlers,
  ...lineManagerHandlers,
  ...ticketHandlers,
  ...userHandlers,
  ...keyHandlers,
  ...auditHandlers,
  ...personalDataHandlers,
}
