// What a page loads once the first messages of a conversation are shown, or when it is first used: one file, since each further
// one takes code that it shares with the core out of the core's file, which then compresses worse.
export { createAttachmentPart } from './attachments/attachment-part.ts'
export { createLaterPart } from './messages/later-part.ts'
export { createReportList } from './moderation/report-list.ts'
export { createPresencePart } from './presence/presence-part.ts'
export { createPinned } from './rooms/pinned.ts'
export { createReceipts } from './rooms/receipts.ts'
export { createRoomInfo } from './rooms/room-info.ts'
export { createRoomLists } from './rooms/room-lists.ts'
export { createRoomMembers } from './rooms/room-members.ts'
export { createSearchResults } from './search/search-results.ts'
export { createThreadInfos } from './threads/thread-infos.ts'
export {
  createCannedAnswerActions,
  createCannedAnswerFeed,
  createCannedAnswerList,
} from './tickets/canned-answer-list.ts'
export { createLineManager, createLineManagerList } from './tickets/line-manager-list.ts'
export { createQueue } from './tickets/queue.ts'
export { createTicketActions } from './tickets/ticket-actions.ts'
export { createTicket, createTicketList } from './tickets/ticket-list.ts'
export { createTopic, createTopicList } from './tickets/topic-list.ts'
export { createTopicQueues } from './tickets/topic-queues.ts'
export { createBlockedUsers } from './users/blocked-users.ts'
export { createUserList } from './users/several.ts'
export { createUser } from './users/user.ts'
export { createUserLoader } from './users/user-loader.ts'
