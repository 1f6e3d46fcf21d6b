import {
  changedMessage,
  limits,
  type Message,
  type MessageChange,
  type MessageVersion,
  type Reaction,
} from '@dowellchat/protocol'
import { type EntryRow, editAspect } from './fields/streams.ts'
import { encodeMessage } from './message.ts'
import type { ChangeDraft, ChangeOutcome, MessageTarget, Placed } from './store.ts'

/** A change without its place, as it is decided. */
export type Decided = Omit<MessageChange, keyof Placed | 'stream' | 'type' | 'cid'> & {
  /** Only of an edit: for whom its mentions count. */
  readonly mentioned?: readonly string[]
}

/** Somebody's reaction that counts: where it is in the log, and under which of their ids they have given it. */
export type GivenReaction = Pick<EntryRow, 'seq' | 'author'>

/** What a store looks up before it decides. */
export interface Looked {
  /** The asker's own, of the reaction that it is about. */
  readonly given?: GivenReaction | undefined
  /** Of a reaction that is taken back: some of those who give it, one more than a message names. */
  readonly reactors?: readonly string[]
  /** How many messages the stream has pinned. */
  readonly pins?: number
}

/** What a change makes of its message's row. */
export type ChangedRow = Pick<EntryRow, 'text' | 'original' | 'pinned_seq'> &
  Partial<Pick<EntryRow, 'mentioned'>>

type Refused = Extract<ChangeOutcome, { readonly refused: string }>

/** How many of those who have given a reaction a store looks up when one of them takes it back. */
export const reactorsLooked = limits.reaction_users + 1

/** The message, if it can be changed at all. @param text what is told of the entry at its seq */
export function changeable(text: string | undefined, { message_id }: MessageTarget): Message | undefined {
  if (text === undefined) return undefined
  // The text is a message's that a store of ours made.
  const message = JSON.parse(text) as Message
  return message._id === message_id && message.kind !== 'removed' ? message : undefined
}

export const noMessage: Refused = { refused: 'not_found', why: 'There is no such message' }

export function cidTaken(cid: string): Refused {
  return { refused: 'conflict', why: `cid: ${cid} has been used for something else` }
}

/** What the change is, why it is refused, or undefined where the message is so already. */
export function decide(message: Message, draft: ChangeDraft, looked: Looked): Decided | Refused | undefined {
  const { content, target } = draft
  const [user = ''] = draft.user_ids
  const { ticket_id, product } = message
  const made = { target: target.seq, by: draft.isErasing ? null : user, ticket_id, product }
  switch (content.change) {
    case 'edited': {
      const refused = editRefusal(message, draft.user_ids)
      if (refused || saysSo(message, content)) return refused
      // Under the id that has written it, by which its edits are found.
      return { ...made, ...content, by: message.author }
    }
    case 'reacted':
    case 'unreacted': {
      const reaction = reactionAfter(message, user, content, looked)
      return reaction && ('refused' in reaction ? reaction : { ...made, change: content.change, reaction })
    }
    case 'pinned':
      if (message.pinned_at !== undefined) return undefined
      if ((looked.pins ?? 0) < limits.pins) return { ...made, ...content }
      return { refused: 'limit_reached', why: `At most ${limits.pins} messages can be pinned` }
    case 'unpinned':
      return message.pinned_at === undefined ? undefined : { ...made, ...content }
    case 'thread_started':
      return message.has_thread ? undefined : { ...made, ...content }
    default:
      return content satisfies never
  }
}

function editRefusal({ author, kind }: Message, userIds: readonly string[]): Refused | undefined {
  if (author === null || !userIds.includes(author))
    return { refused: 'forbidden', why: 'A message can be edited by its author only' }
  return kind === 'text' ? undefined : { refused: 'forbidden', why: 'This message cannot be edited' }
}

type Text = Pick<Message, 'message_data' | 'mentions'>

function saysSo(message: Text, { message_data, mentions = [] }: Text): boolean {
  const known = message.mentions ?? []
  return message.message_data === message_data && JSON.stringify(known) === JSON.stringify(mentions)
}

function reactionAfter(
  { reactions = [] }: Message,
  user: string,
  { change, reaction }: { readonly change: string; readonly reaction: string },
  { given, reactors = [] }: Looked,
): Reaction | Refused | undefined {
  const now = reactions.find((one) => one.reaction === reaction) ?? { reaction, count: 0, user_ids: [] }
  if (change === 'unreacted') {
    if (!given) return undefined
    const user_ids = namedAfter(now.user_ids, given.author, reactors)
    return { reaction, count: Math.max(now.count - 1, user_ids.length), user_ids }
  }
  if (given) return undefined
  if (now.count === 0 && reactions.length >= limits.reactions) {
    const why = `A message has at most ${limits.reactions} different reactions`
    return { refused: 'limit_reached', why }
  }
  const user_ids = now.user_ids.length < limits.reaction_users ? [...now.user_ids, user] : now.user_ids
  return { reaction, count: now.count + 1, user_ids }
}

/** Who is named once one of those who were has taken the reaction back: another one takes their place. */
function namedAfter(named: readonly string[], gone: string, reactors: readonly string[]): string[] {
  const left = named.filter((id) => id !== gone)
  const others = reactors.filter((id) => id !== gone && !left.includes(id))
  return [...left, ...others].slice(0, limits.reaction_users)
}

/** The entry that a decided change becomes at its place. Each field is named, in the order in which stores write them. */
export function changeOf(stream: string, placed: Placed, cid: string, decided: Decided): MessageChange {
  return {
    _id: placed._id,
    stream,
    seq: placed.seq,
    nth: placed.nth,
    type: 'change',
    change: decided.change,
    target: decided.target,
    cid,
    by: decided.by,
    created_at: placed.created_at,
    ticket_id: decided.ticket_id,
    product: decided.product,
    message_data: decided.message_data,
    mentions: decided.mentions,
    reaction: decided.reaction,
  }
}

/** What a change makes of its message's row; undefined if that has it already, or is removed. */
export function changedRow(
  message: Message,
  row: Pick<EntryRow, 'original' | 'pinned_seq'>,
  change: MessageChange,
  { mentioned = [] }: Pick<Decided, 'mentioned'>,
): ChangedRow | undefined {
  const changed = changedMessage(message, change)
  if (changed === message) return undefined
  const { message_data, mentions, created_at } = message
  const version: MessageVersion = { message_data, mentions, created_at }
  const isFirstEdit = change.change === 'edited' && row.original === null
  const pinned = change.change === 'pinned' ? change.seq : row.pinned_seq
  return {
    text: encodeMessage(changed),
    original: isFirstEdit ? JSON.stringify(version) : row.original,
    pinned_seq: change.change === 'unpinned' ? null : pinned,
    ...(change.change === 'edited' && { mentioned: mentioned.length > 0 ? mentioned : null }),
  }
}

/** The columns of a change's own row that say what goes with its message. */
export function aspectOf({ change, target, reaction }: Decided): Pick<EntryRow, 'about' | 'aspect'> {
  if (change === 'edited') return { about: target, aspect: editAspect }
  return change === 'reacted' && reaction
    ? { about: target, aspect: reaction.reaction }
    : { about: null, aspect: null }
}

/** How many earlier texts are answered. */
const mostVersions = 100

/** How many edits a store reads for them: the last one is how the message is now. */
export const editsRead = mostVersions + 1

/** The earlier texts, oldest first. @param edits the texts of the last `editsRead` edits, newest first */
export function versionsOf(original: string | null, edits: readonly string[]): MessageVersion[] {
  if (original === null) return []
  // Both are texts that a store of ours made.
  const texts = edits.slice(1).map((text) => JSON.parse(text) as MessageChange)
  const later = texts.map(({ message_data = '', mentions, created_at }) => ({
    message_data,
    ...(mentions && { mentions }),
    created_at,
  }))
  return [...later, JSON.parse(original) as MessageVersion].slice(0, mostVersions).toReversed()
}
