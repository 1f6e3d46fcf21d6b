import type { RequestName } from '@dowellchat/protocol'
import { changedMessage, removedMessage } from '@dowellchat/protocol/core'
import type { Mention, Message, Reaction } from '../entities.ts'
import type { RequestMethods } from '../requests/request.ts'
import type { Item, Lane } from './lane.ts'
import { rewrite } from './lane-amend.ts'
import type { UnsentMessage } from './message-rows.ts'

/** Which message is changed. */
export interface Target {
  readonly stream: string
  readonly seq: number
  readonly message_id: string
}

/** What is to become of a message. */
export interface ChangeDraft {
  readonly request: RequestName
  /** The message as it is shown until the server has answered. */
  readonly show: <M extends Message | UnsentMessage>(message: M) => M
  readonly send: (
    request: RequestMethods,
    target: Target & { readonly cid: string },
  ) => Promise<{ readonly message: Message; readonly changed: boolean }>
  /** What it makes of a message that has failed while it waited for it. */
  readonly ifFailed?: (lane: Lane, item: Item) => void
  /** The reaction that it gives or takes back. */
  readonly reaction?: { readonly name: string; readonly isGiven: boolean }
}

/** People whom a reaction names. */
const namedUsers = 10

/** @param ownId answers under which id the user changes messages */
export function changeDrafts(ownId: () => string) {
  /** Shows what a change makes of a message, whose version is the log's. */
  const changing =
    (kind: string, fields: object = {}): ChangeDraft['show'] =>
    (message) => {
      const seq = (message.version ?? 0) + 1
      const change = { change: kind, seq, by: ownId(), created_at: new Date().toISOString(), ...fields }
      const { version, ...changed } = changedMessage(message as Message, change)
      // The same message with other fields of the same types.
      return {
        ...changed,
        ...(message.version !== undefined && { version: message.version }),
      } as typeof message
    }

  return {
    edit: (message_data: string, mentions: readonly Mention[] = []): ChangeDraft => ({
      request: 'edit_message',
      show: changing('edited', { message_data, mentions: [...mentions] }),
      send: (request, target) =>
        request.edit_message({
          ...target,
          message_data,
          ...(mentions.length > 0 && { mentions: [...mentions] }),
        }),
      // For another try.
      ifFailed: (lane, item) => void rewrite(lane, item, message_data, mentions),
    }),
    remove: (): ChangeDraft => ({
      request: 'delete_message',
      show: (message) => removedMessage(message as Message, 'deleted') as typeof message,
      send: (request, target) => request.delete_message(target),
      ifFailed: (lane, { one }) => lane.discard(one.cid),
    }),
    /** @param isOwn whether the user has the reaction, which a message does not say of the eleventh and later people */
    react: (reaction: string, isGiven: boolean, isOwn: boolean): ChangeDraft => ({
      request: isGiven ? 'react' : 'unreact',
      reaction: { name: reaction, isGiven },
      show(message) {
        const left = withOwn(message.reactions, reaction, ownId(), isGiven, isOwn)
        return left ? changing('reacted', { reaction: left })(message) : message
      },
      send: (request, target) =>
        isGiven ? request.react({ ...target, reaction }) : request.unreact({ ...target, reaction }),
    }),
    pin: (isPinned: boolean): ChangeDraft => ({
      request: isPinned ? 'pin_message' : 'unpin_message',
      show: changing(isPinned ? 'pinned' : 'unpinned'),
      send: (request, target) => (isPinned ? request.pin_message(target) : request.unpin_message(target)),
    }),
  }
}

/** A reaction after the user has given it, or taken it back; undefined where that changes nothing. */
function withOwn(
  reactions: readonly Reaction[] = [],
  reaction: string,
  own: string,
  isGiven: boolean,
  isOwn: boolean,
): Reaction | undefined {
  const before = reactions.find((one) => one.reaction === reaction)
  const { count = 0, user_ids = [] } = before ?? {}
  const isNamed = user_ids.includes(own)
  if ((isNamed || isOwn) === isGiven) return undefined
  if (!isGiven) return { reaction, count: count - 1, user_ids: user_ids.filter((id) => id !== own) }
  return { reaction, count: count + 1, user_ids: count < namedUsers ? [...user_ids, own] : user_ids }
}
