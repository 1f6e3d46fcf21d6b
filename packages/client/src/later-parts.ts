// What a page shows beside messages: one file, since many small ones cost more than they save.
export { createLoadedList } from './live/loaded-list.ts'
export { createPresencePart } from './presence/presence-part.ts'
export { createPinned } from './rooms/pinned.ts'
export { createReceipts } from './rooms/receipts.ts'
export { createRoomLists } from './rooms/room-lists.ts'
export { createThreadInfos } from './threads/thread-infos.ts'
