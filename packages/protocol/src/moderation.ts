import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import {
  Cid,
  Count,
  Id,
  ListLimit,
  StoredId,
  StoredStreamName,
  StoredText,
  StreamName,
  Text,
  Time,
  withProblem,
} from './fields.ts'
import { limits } from './limits.ts'
import { Message } from './messages.ts'

/** That somebody has reported a message or a person to the admins. */
export const Report = z.object({
  _id: Id,
  /** Who has reported it; null if all of theirs was erased. */
  reported_by: z.nullable(StoredId),
  /** The person: the message's author, where a message was reported. */
  user_id: z.nullable(StoredId),
  /** Only of a reported message: its stream, its seq there, and the message as it was then. */
  stream: z.nullable(StoredStreamName),
  seq: z.nullable(Count),
  message: z.nullable(Message),
  reason: StoredText,
  created_at: Time,
  resolved_at: z.nullable(Time),
  resolved_by: z.nullable(StoredId),
  /** What the admin has noted. */
  resolution: z.nullable(StoredText),
})
export type Report = z.infer<typeof Report>

const Reason = Text.check(
  withProblem((text: string) =>
    [...text].length > limits.report_length
      ? `expected at most ${limits.report_length} characters`
      : undefined,
  ),
)

export const moderationRequests = {
  /** Reports somebody's message that the session may read, or a person, to the admins. A person has at most 20 open reports. */
  report: {
    payload: z.union([
      z.object({ stream: StreamName, seq: Count, message_id: Id, reason: Reason, cid: Cid }),
      z.object({ user_id: Id, reason: Reason, cid: Cid }),
    ]),
    data: z.object({ report_id: Id }),
    errors: ['not_found', 'conflict', 'limit_reached'],
  },
  /** Reports, newest first; `is_resolved` leaves out the others. `before` is the oldest one known. For admins. */
  get_reports: {
    payload: z.object({
      is_resolved: z.optional(z.boolean()),
      before: z.optional(Id),
      limit: z.optional(ListLimit),
    }),
    data: z.object({ reports: z.array(Report), more: z.boolean() }),
  },
  /** Notes that an admin has dealt with a report. Resolving it again changes nothing. */
  resolve_report: {
    payload: z.object({ report_id: Id, resolution: z.optional(Reason) }),
    data: Report,
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type ModerationRequests = typeof moderationRequests

export const moderationPushes = {
  /** Something was reported, or a report resolved. Sent to admins. */
  report_changed: z.object({ data: Report }),
} as const satisfies PushDefs
export type ModerationPushes = typeof moderationPushes
