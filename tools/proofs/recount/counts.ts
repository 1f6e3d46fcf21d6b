import { limits, type Thread } from '../../../packages/protocol/src/index.ts'
import type { Log } from './log.ts'

/** Messages of others after a mark: of the first thousand, as the promise says. */
export function unreadOf({ messages }: Log, userId: string, nth: number): number {
  const counted = messages.slice(nth, nth + limits.unread_counted)
  return counted.filter(({ now }) => now.author !== userId).length
}

/** Messages after a mark that mention somebody as they are now, each once. */
export function mentionsOf({ messages }: Log, userId: string, nth: number): number {
  const isMentioned = ({ now }: Log['messages'][number]): boolean =>
    now.author !== userId && (now.mentions?.some(({ user_id }) => user_id === userId) ?? false)
  return messages.slice(nth).filter(isMentioned).length
}

/** The ids of the pinned messages, the last pinned first. */
export function pinnedOf({ messages }: Log): string[] {
  return messages
    .filter(({ pinned, removed }) => pinned && !removed)
    .sort((a, b) => (b.pinned?.seq ?? 0) - (a.pinned?.seq ?? 0))
    .map(({ now }) => now._id)
}

/** What a thread says of its messages. */
export function threadOf({ messages }: Log): Pick<Thread, 'count' | 'last_at' | 'last_authors'> {
  const authors = messages.map(({ now }) => now.author ?? '').toReversed()
  return {
    count: messages.length,
    last_at: messages.at(-1)?.now.created_at ?? null,
    last_authors: [...new Set(authors)].slice(0, 3),
  }
}
