export { callToAnswer, callToEnd } from './calls.ts'
export {
  type V2ClientToServerEvents,
  type V2Notices,
  type V2RequestName,
  v2Notices,
  v2Pushes,
  v2Requests,
  v2Welcome,
} from './contract.ts'
export {
  clientTime,
  type V2Def,
  type V2Envelope,
  V2Failed,
  type V2Frame,
  type V2Made,
  type V2OpenCall,
  type V2Pushes,
  type V2ReadMarks,
  type V2ResponseEvent,
  type V2ServerToClientEvents,
} from './define.ts'
export { v2LineManager } from './line-managers.ts'
export { v2LiveEntry } from './messages.ts'
export { v2Ticket, v2TicketMessage } from './tickets.ts'
export { v2Topic } from './topics.ts'
