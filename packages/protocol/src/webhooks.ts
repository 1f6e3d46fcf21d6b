import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Count, Id, ListLimit, StoredStreamName, Time, withProblem } from './fields.ts'

/** How far a stream was delivered to a webhook whose last delivery has failed. */
export const FailedDelivery = z.object({
  stream: StoredStreamName,
  /** The seq of the last entry that was delivered; null where none was. */
  seq: z.nullable(Count),
  failing_since: Time,
  /** What was wrong with the last try. */
  problem: z.string(),
  /** When it is tried again; null where it is parked. */
  due_at: z.nullable(Time),
  /** Since when it waits to be resumed. */
  parked_at: z.nullable(Time),
})
export type FailedDelivery = z.infer<typeof FailedDelivery>

// The id of a webhook of the configuration; that of what it is told of the unread has `/unread` behind it.
const WebhookId = Id

interface Position {
  readonly stream?: string | undefined
  readonly seq?: number | undefined
  readonly since?: string | undefined
}

function positionProblem(position: unknown): string | undefined {
  // What the payload's schema has read.
  const { stream, seq, since } = position as Position
  if ((seq === undefined) === (since === undefined)) return 'expected either seq or since'
  return seq !== undefined && stream === undefined ? 'expected the stream of the seq' : undefined
}

export const webhookRequests = /* @__PURE__ */ (() =>
  ({
    /**
     * The streams of the workspace whose last delivery to a webhook has failed, the parked ones too, in the order of their names, at
     * most `limit` (default 50); `after` is the last one that the asker has.
     */
    get_failed_deliveries: {
      payload: z.object({
        webhook_id: WebhookId,
        after: z.optional(StoredStreamName),
        limit: z.optional(ListLimit),
      }),
      data: z.object({ deliveries: z.array(FailedDelivery), more: z.boolean() }),
      errors: ['not_found'],
    },
    /** Tries at once again what has failed or is parked: one stream, or up to 200 of them. `more`: repeat it for the others. */
    resume_webhook: {
      payload: z.object({ webhook_id: WebhookId, stream: z.optional(StoredStreamName) }),
      data: z.object({ streams: Count, more: z.boolean() }),
      errors: ['not_found', 'conflict'],
    },
    /**
     * Delivers to a webhook once more what follows the seq of a stream, or was made since a time: of one stream, or of all of which
     * it was sent anything before. Repeat with `after: next` until `next` is null. What was delivered meanwhile comes again too, so
     * that the order holds.
     */
    replay_webhook: {
      payload: z
        .object({
          webhook_id: WebhookId,
          stream: z.optional(StoredStreamName),
          seq: z.optional(Count),
          since: z.optional(Time),
          after: z.optional(StoredStreamName),
        })
        .check(withProblem(positionProblem)),
      data: z.object({ streams: Count, next: z.nullable(StoredStreamName) }),
      errors: ['not_found', 'conflict'],
    },
  }) as const satisfies RequestDefs)()
export type WebhookRequests = typeof webhookRequests
