// What of notifications is loaded when somebody turns them on, or has: one file, for what its parts share.
export { BackgroundNotes } from './background-notes.tsx'
export { NotificationSetting } from './notification-setting.tsx'
export { unsubscribe } from './push.ts'
