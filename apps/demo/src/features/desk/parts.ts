// What of the desk is loaded when it is opened: one file, for what its parts share.
export { DeskConversation } from './desk-conversation.tsx'
export { DeskPage } from './desk-page.tsx'
