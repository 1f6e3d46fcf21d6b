import type { Facts } from './facts.ts'

/**
 * How a fact reaches the sockets of the other servers: `log`, by the log of shared changes, which nothing is missing from;
 * `bus`, at once or not at all; `own`, not, since it concerns one connection, or every server finds it out itself.
 */
export type Reach = 'log' | 'bus' | 'own'

/** How each fact reaches the other servers. A new fact does not compile without its row. */
export const reaches = {
  hello: 'own',
  token_expiring: 'own',
  error_response: 'own',
  // Each server reads the streams that its sockets have joined.
  entries: 'own',
  heads: 'own',
  new_ticket: 'log',
  ticket_updated: 'log',
  topic_changed: 'log',
  line_manager_changed: 'log',
  line_manager_removed: 'log',
  canned_answer_changed: 'log',
  room_updated: 'log',
  member_changed: 'log',
  user_updated: 'log',
  block_changed: 'log',
  report_changed: 'log',
  // With the end of the subscriptions, which it must come before.
  room_closing: 'log',
  // Each server looks at the lines that its sockets follow.
  line_moved: 'own',
  // With the lines that have moved.
  waiting_time_changed: 'log',
  member_joined: 'bus',
  member_left: 'bus',
  reader_changed: 'bus',
  receipts: 'bus',
  typing: 'bus',
  thread_updated: 'bus',
  message_draft: 'bus',
  draft_stop: 'bus',
  // Each server looks at the streams that grow, and asks the others who is there.
  room_activity: 'own',
  ticket_activity: 'own',
  presence_changed: 'own',
  room_presence: 'own',
  callUser: 'bus',
  callSignal: 'bus',
  callEnded: 'bus',
  // The server to which its device has come says it.
  callState: 'own',
} as const satisfies Record<keyof Facts, Reach>

type FactsBy<R extends Reach> = {
  [K in keyof Facts]: (typeof reaches)[K] extends R ? K : never
}[keyof Facts]

/** The facts that the bus carries. */
export type BusFact = FactsBy<'bus'>

/** The facts that the log of shared changes carries. */
export type LoggedFact = FactsBy<'log'>
