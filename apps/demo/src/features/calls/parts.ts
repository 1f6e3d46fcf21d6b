// What of calls is loaded after the first page: one file, for what its parts share.
export { BackgroundCall } from './background-call.tsx'
export { CallBar } from './call-bar.tsx'
export { CallsPage } from './calls-page.tsx'
export { IncomingCallCard } from './incoming-call-card.tsx'
export { MissedCalls } from './missed-calls.ts'
