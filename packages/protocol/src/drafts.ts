import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, Count, StoredId, StoredStreamName, StoredText, StreamName } from './fields.ts'
import { limits } from './limits.ts'

/** A part of a text that is still being written; it may end anywhere, also between the halves of a character. */
const Part = z.string().check(z.maxLength(limits.text_length))

/** A message that is being written bit by bit, for example by a program. It is kept nowhere, and ends as a message under the same cid. */
export const Draft = z.object({
  stream: StoredStreamName,
  cid: z.string(),
  author: StoredId,
  display_name: z.nullable(StoredId),
  /** How often it has been told: 1, 2, 3 … Whoever has missed one asks with `get_drafts`. */
  n: Count,
  text: StoredText,
})
export type Draft = z.infer<typeof Draft>

export const draftRequests = {
  /**
   * Shows those who have joined a stream what is being written: the text up to `from`, in UTF-16 code units, and then `text`. The message
   * itself is sent with the same cid. `conflict` if the server does not know the text up to `from`: send the whole from 0. It expires
   * after 30 seconds without a further one.
   */
  draft_message: {
    payload: z.object({ stream: StreamName, cid: Cid, from: Count, text: Part }),
    data: z.object({ length: Count }),
    errors: ['not_found', 'conflict', 'ticket_closed', 'limit_reached'],
  },
  /** Takes a draft of one's own back, of which there will be no message. Doing it again changes nothing. */
  end_draft: {
    payload: z.object({ stream: StreamName, cid: Cid }),
    data: z.object({}),
    errors: ['not_found'],
  },
  /** Asks the author to stop writing: they hear `draft_stop`. */
  stop_draft: {
    payload: z.object({ stream: StreamName, cid: Cid }),
    data: z.object({}),
    errors: ['not_found'],
  },
  /** What is being written in a stream now. */
  get_drafts: {
    payload: z.object({ stream: StreamName }),
    data: z.object({ drafts: z.array(Draft) }),
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type DraftRequests = typeof draftRequests

export const draftPushes = {
  /**
   * What is being written has grown or changed: it is the text up to `from`, and then `text`. At most ten times a second, and it may be
   * lost: whoever does not have the one before (`n` - 1) asks with `get_drafts`. `is_over`: there will be no message.
   */
  message_draft: z.object({
    stream: StoredStreamName,
    cid: z.string(),
    author: StoredId,
    display_name: z.nullable(StoredId),
    n: Count,
    from: Count,
    text: StoredText,
    is_over: z.boolean(),
  }),
  /** Somebody asks the author of a draft to stop. Sent to the author. */
  draft_stop: z.object({ stream: StoredStreamName, cid: z.string(), user_id: StoredId }),
} as const satisfies PushDefs
export type DraftPushes = typeof draftPushes
