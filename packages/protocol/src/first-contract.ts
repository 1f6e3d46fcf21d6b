import { joinRequests } from './joining.ts'
import { messageRequests } from './messages.ts'
import { sessionPushes, sessionRequests } from './session.ts'
import { streamPushes, streamRequests } from './streams.ts'

/** The requests that a client needs before its first message is sent and received. It can load the others later. */
export const firstRequests = { ...sessionRequests, ...joinRequests, ...messageRequests, ...streamRequests }

/** The pushes that a client needs before its first message is sent and received. It can load the others later. */
export const firstPushes = { ...sessionPushes, ...streamPushes }
