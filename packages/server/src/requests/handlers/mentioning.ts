import { hasMembers, type Mention, mentionsProblem, streamOwner } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { Context } from '../handler.ts'
import { blockersAmong } from './blocks.ts'

const guestPrefix = 'guest:'

/** Throws `invalid_payload` unless the mentions are parts of the text, one after the other. */
export function expectMentions(text: string, mentions: readonly Mention[] = []): void {
  const problem = mentionsProblem(text, mentions)
  if (problem) throw new RequestError('invalid_payload', problem)
}

/**
 * Those of the people whom a text mentions for whom it counts: who may read the stream, is not the author and has not blocked
 * them. For everybody else a mention is a part of the text and nothing more. Costs nothing where nobody is mentioned.
 */
export async function countedMentions(
  context: Context,
  stream: string,
  mentions: readonly Mention[] = [],
): Promise<string[]> {
  const { user_ids } = context.session
  const others = [...new Set(mentions.map(({ user_id }) => user_id))].filter((id) => !user_ids.includes(id))
  if (others.length === 0) return []
  const [readers, blockers] = await Promise.all([
    readersAmong(context, stream, others),
    blockersAmong(context, others),
  ])
  return readers.filter((id) => !blockers.has(id))
}

/** Which of some people may read a stream, as far as the store can tell: it does not know who is an agent. */
async function readersAmong(
  context: Context,
  stream: string,
  userIds: readonly string[],
): Promise<readonly string[]> {
  const { store, threads } = context
  const { workspace_id } = context.session
  const { kind, id } = streamOwner(stream)
  if (kind === 'thread') {
    const thread = await threads.find(workspace_id, id)
    return thread ? readersAmong(context, thread.parent, userIds) : []
  }
  if (kind === 'room' && hasMembers(id)) {
    const members = new Set(await store.rooms.memberIds(workspace_id, id))
    return userIds.filter((userId) => members.has(userId))
  }
  const known = new Set((await store.users.get(workspace_id, userIds)).map(({ user_id }) => user_id))
  const ticket = kind === 'ticket' ? await store.tickets.get(workspace_id, id) : null
  // Guests have no rows; a ticket's customer and its line manager may never have been connected.
  const isKnown = (userId: string) =>
    known.has(userId) || userId === ticket?.user_id || userId === ticket?.line_manager
  return userIds.filter((userId) => isKnown(userId) || (kind === 'room' && userId.startsWith(guestPrefix)))
}
