import type { Message } from '@dowellchat/protocol'

/** Somebody who is away has not seen messages of a stream. */
export interface UnreadMessages {
  readonly type: 'unread'
  /** The same in each repetition. */
  readonly id: string
  readonly workspace_id: string
  /** Who has not seen them. */
  readonly user_id: string
  readonly stream: string
  /** How many messages of others they have not read; counted up to 1,000. */
  readonly unread: number
  /** The last message of the stream, as it is now. */
  readonly message: Message
}

/** Somebody was called, and has not answered. */
export interface MissedCall {
  readonly type: 'missed_call'
  readonly id: string
  readonly workspace_id: string
  /** Who was called. */
  readonly user_id: string
  readonly caller: string
  readonly caller_name: string | null
  readonly at: string
}

export type UnreadEvent = UnreadMessages | MissedCall

/** Is told of who is away. What it rejects with or throws, or does not end within `limits.webhookMs`, is tried again. */
export type OnUnread = (event: UnreadEvent) => void | Promise<void>

/** What is kept of a missed call until it was told. */
export interface KeptCall {
  /** Names the call among those of its caller. */
  readonly call: string
  readonly user_id: string
  readonly caller: string
  readonly at: string
}

/** Notes that somebody was called and has not answered. */
export type MissedCalls = (workspaceId: string, call: Omit<KeptCall, 'at'>) => void
