import { limits, type Message } from '@dowellchat/protocol'
import type { EndAsked, StreamStore } from '../../stores/store.ts'

/** So many of a conversation's newest messages are looked at: few facts are further back. */
const mostLookedAt = 50

interface Unread {
  /** The last that is unread. */
  readonly last: Message | undefined
  readonly unread: number
}

/**
 * What people have written that somebody has not read, for those clients that get no facts of a ticket.
 * @param unread how many messages it is with the facts
 */
export async function unreadTexts(
  streams: Pick<StreamStore, 'messages'>,
  { workspace_id, stream, mark }: Required<EndAsked>,
  unread: number,
): Promise<Unread> {
  if (unread === 0) return { last: undefined, unread }
  const max = { entries: mostLookedAt, bytes: limits.page_bytes }
  // The store makes the text of messages.
  const { text } = await streams.messages({ workspace_id, stream }, max)
  const newest = JSON.parse(text) as Message[]
  const others = newest.filter(({ nth, author }) => nth > mark.nth && !mark.user_ids.includes(author ?? ''))
  const texts = others.filter(({ kind }) => kind === 'text')
  return { last: texts.at(-1), unread: Math.max(unread - (others.length - texts.length), texts.length) }
}
