import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, Id, StoredId, StoredText, Text, Time, TopicName } from './fields.ts'

/** A text that agents use again and again. `{{customer}}`, `{{agent}}`, `{{subject}}` and `{{topic}}` in it are filled in by `fillAnswer`. */
export const CannedAnswer = z.object({
  _id: Id,
  /** What it is found by; unique in the workspace. */
  title: StoredId,
  text: StoredText,
  /** The topic that it is for; null for all. */
  product: z.nullable(StoredId),
  created_at: Time,
  updated_at: Time,
})
export type CannedAnswer = z.infer<typeof CannedAnswer>

export const cannedAnswerRequests = {
  /** Keeps an answer. `conflict` if the title exists. */
  create_canned_answer: {
    payload: z.object({ title: Id, text: Text, product: z.optional(z.nullable(TopicName)), cid: Cid }),
    data: CannedAnswer,
    errors: ['conflict', 'limit_reached'],
  },
  /** Changes what is named. */
  update_canned_answer: {
    payload: z.object({
      answer_id: Id,
      title: z.optional(Id),
      text: z.optional(Text),
      product: z.optional(z.nullable(TopicName)),
    }),
    data: CannedAnswer,
    errors: ['not_found', 'conflict'],
  },
  /** Removes an answer; doing it again changes nothing. */
  delete_canned_answer: { payload: z.object({ answer_id: Id }), data: z.object({ answer_id: Id }) },
  /** Canned answers in the order of their titles: those for a topic and those for all. `after` is the last title known. */
  get_canned_answers: {
    payload: z.object({ product: z.optional(TopicName), after: z.optional(Id) }),
    data: z.object({ answers: z.array(CannedAnswer), more: z.boolean() }),
  },
} as const satisfies RequestDefs
export type CannedAnswerRequests = typeof cannedAnswerRequests

export const cannedAnswerPushes = {
  /** A canned answer was made, changed or, with `answer: null`, removed. Sent to agents and admins. */
  canned_answer_changed: z.object({ answer_id: Id, answer: z.nullable(CannedAnswer) }),
} as const satisfies PushDefs
export type CannedAnswerPushes = typeof cannedAnswerPushes
