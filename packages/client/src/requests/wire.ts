import { limits } from '@dowellchat/protocol/core'
import type { Connection } from '../connection/connection.ts'
import type { Observable } from '../live/observable.ts'
import type { KeepingPlace } from '../messages/keeping-place.ts'
import type { KeptMessages } from '../messages/kept-messages.ts'
import { createOutbox, type OutboxOptions, type Outgoings } from '../messages/outbox.ts'
import { type Answered, tellAnswers } from './answers.ts'
import { createPushes, type PushMethods } from './push.ts'
import { createRequests, type RequestMethods } from './request.ts'
import { countSubscriptions, type Subscribing } from './subscriptions.ts'

/** How the parts of a client reach the server. */
export interface Wire {
  readonly connection: Connection
  readonly request: RequestMethods
  readonly on: PushMethods
  /** What answers tell besides. */
  readonly answered: Answered
  /** Subscribes to what `messages` show; counted with what the application joins by itself. */
  readonly shown: Subscribing
  /** How many items a list, and how many messages a stream, loads at a time. */
  readonly pageSize: number
  readonly keptMessages?: KeptMessages | undefined
  /** Whom the user has blocked. */
  readonly blocked: Blocked
  /** Sends the messages of all streams. */
  readonly outbox: Outgoings
}

/** Whom the user has blocked, as far as is known. */
export interface Blocked {
  readonly has: (userId: string) => boolean
  /** Loads whom, and calls the listener when it is known of others; the answer unsubscribes it. */
  readonly subscribe: (listener: () => void) => () => void
  /** Takes where it is known from. */
  readonly from: (source: Observable<ReadonlySet<string>>) => void
}

function createBlocked(): Blocked {
  let source: Observable<ReadonlySet<string>> | undefined
  return {
    has: (userId) => source?.getSnapshot().has(userId) ?? false,
    subscribe: (listener) => source?.subscribe(listener) ?? (() => {}),
    from(users) {
      source = users
    },
  }
}

const usualPageSize = 50

interface WireOptions {
  readonly pageSize?: number | undefined
  readonly keptMessages?: KeptMessages | undefined
  readonly outbox?: OutboxOptions | undefined
  /** Where unsent messages are kept, if they are. */
  readonly place?: KeepingPlace | undefined
}

export function createWire(
  connection: Connection,
  { pageSize = usualPageSize, keptMessages, outbox, place }: WireOptions = {},
): Wire {
  const { request, answered } = tellAnswers(createRequests(connection))
  const requests = countSubscriptions(connection, request)
  const on = createPushes(connection)
  return {
    connection,
    ...requests,
    answered,
    outbox: createOutbox(connection, { ...requests, on }, outbox, place),
    on,
    pageSize: Math.min(Math.max(1, Math.trunc(pageSize) || usualPageSize), limits.page_entries),
    keptMessages,
    blocked: createBlocked(),
  }
}
