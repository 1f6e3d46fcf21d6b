import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import {
  Cid,
  Count,
  Id,
  Limit,
  StoredId,
  StoredStreamName,
  StoredText,
  StreamName,
  TextOrNone,
  Time,
  withProblem,
} from './fields.ts'
import { Mention, Message, messageContent, Reaction } from './messages.ts'
import { reactionProblem } from './rules/reaction-problem.ts'
import { normalReaction } from './rules/reactions.ts'

/** What has become of a message. */
export const ChangeKind = z.enum(['edited', 'reacted', 'unreacted', 'pinned', 'unpinned', 'thread_started'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** A message was changed. `changedMessage` says what it becomes. */
export const MessageChange = z.object({
  _id: Id,
  stream: StoredStreamName,
  seq: Count,
  /** The number of the last message before it. */
  nth: Count,
  type: z.literal('change'),
  change: ChangeKind,
  /** The seq of the message. */
  target: Count,
  cid: z.string(),
  /** Who has changed it; null if all of theirs was erased. */
  by: z.nullable(StoredId),
  created_at: Time,
  /** Only changes of a ticket's messages have `ticket_id` and `product`. */
  ticket_id: z.optional(Id),
  product: z.optional(StoredId),
  /** Only of `edited`: the new text, and whom it mentions. */
  message_data: z.optional(StoredText),
  mentions: z.optional(z.array(Mention)),
  /** Only of `reacted` and `unreacted`: what is left of this reaction; its `count` is 0 when nobody has it any more. */
  reaction: z.optional(Reaction),
})
export type MessageChange = z.infer<typeof MessageChange>

/** Which message of a stream: both have to be the message's, so that a restored copy of the log is not changed by mistake. */
const target = { stream: StreamName, seq: Count, message_id: Id } as const

/** A visible text, such as an emoji, which is taken in its normal form. */
export const ReactionName = z.string().check(z.overwrite(normalReaction), withProblem(reactionProblem))

/** A text that a message had before it was edited. */
export const MessageVersion = z.object({
  message_data: StoredText,
  mentions: z.optional(z.array(Mention)),
  /** From when on the message had it. */
  created_at: Time,
})
export type MessageVersion = z.infer<typeof MessageVersion>

/** The message as it is now. `changed`: false if it was so already, or for a repeated cid. */
const Changed = z.object({ message: Message, changed: z.boolean() })

export const messageChangeRequests = {
  /** Replaces the text of one's own message; '' only where it has files. */
  edit_message: {
    payload: z.object({ ...target, message_data: TextOrNone, mentions: messageContent.mentions, cid: Cid }),
    data: Changed,
    errors: ['not_found', 'conflict', 'ticket_closed'],
  },
  /** Removes a message: one's own; any for an admin, the owner of the room, and an agent in a ticket. Its place is kept. */
  delete_message: {
    payload: z.object({ ...target, cid: Cid }),
    data: Changed,
    errors: ['not_found', 'conflict'],
  },
  /** Reacts to a message, with an emoji for example; each person once with each reaction. */
  react: {
    payload: z.object({ ...target, reaction: ReactionName, cid: Cid }),
    data: Changed,
    errors: ['not_found', 'conflict', 'limit_reached', 'ticket_closed'],
  },
  /** Takes a reaction back; succeeds also where there is none. */
  unreact: {
    payload: z.object({ ...target, reaction: ReactionName, cid: Cid }),
    data: Changed,
    errors: ['not_found', 'conflict', 'ticket_closed'],
  },
  /** Pins a message for everybody: in a room with members its owner or an admin, in a direct room both, in a ticket agents, in an open room agents. */
  pin_message: {
    payload: z.object({ ...target, cid: Cid }),
    data: Changed,
    errors: ['not_found', 'conflict', 'limit_reached'],
  },
  unpin_message: {
    payload: z.object({ ...target, cid: Cid }),
    data: Changed,
    errors: ['not_found', 'conflict'],
  },
  /** The pinned messages of a stream, the last pinned first. */
  get_pinned_messages: {
    payload: z.object({ stream: StreamName }),
    data: z.object({ messages: z.array(Message) }),
    errors: ['not_found'],
  },
  /** Who has given a reaction to a message, in the order of their ids. `after` is the last one known. */
  get_reactions: {
    payload: z.object({ ...target, reaction: ReactionName, after: z.optional(Id), limit: z.optional(Limit) }),
    data: z.object({ user_ids: z.array(StoredId), more: z.boolean() }),
    errors: ['not_found'],
  },
  /** The earlier texts of a message that was edited, oldest first, at most the 100 last. For agents and admins. */
  get_message_versions: {
    payload: z.object(target),
    data: z.object({ versions: z.array(MessageVersion) }),
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type MessageChangeRequests = typeof messageChangeRequests
