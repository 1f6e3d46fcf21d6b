// What a page loads once the first messages of a conversation are shown, or when it is first used: one file, since each further
// one takes code that it shares with the core out of the core's file, which then compresses worse.
export { createAttachmentPart } from './attachments/attachment-part.ts'
export { createLoadedList } from './live/loaded-list.ts'
export { createLaterPart } from './messages/later-part.ts'
export { createPresencePart } from './presence/presence-part.ts'
export { createPinned } from './rooms/pinned.ts'
export { createReceipts } from './rooms/receipts.ts'
export { createRoomLists } from './rooms/room-lists.ts'
export { createSearchResults } from './search/search-results.ts'
export { createThreadInfos } from './threads/thread-infos.ts'
