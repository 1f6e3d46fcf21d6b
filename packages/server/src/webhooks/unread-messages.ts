import { isMessage, limits, type Message, type Page } from '@dowellchat/protocol'
import { anonymousPrefix } from '../identity/anonymous.ts'
import { mostPairs, type PageRange, type Store, type StreamKey, type StreamStore } from '../stores/store.ts'
import type { StreamReader } from './stream-readers.ts'

/** Looks no further back for a message that may be shown. */
const mostPages = 10

/** Whom each of some readers has blocked: their ids, and those that guests among them have now. */
export async function blockedBy(
  { blocks, aliases }: Pick<Store, 'blocks' | 'aliases'>,
  workspaceId: string,
  readers: readonly StreamReader[],
): Promise<Set<string>[]> {
  const ids = readers.map(({ user_id }) => user_id)
  let pairs = await blocks.pairs(workspaceId, ids)
  // Those of one alone may be as many as are read at once.
  if (pairs.length >= mostPairs)
    pairs = (await Promise.all(ids.map((id) => blocks.pairs(workspaceId, [id])))).flat()
  const guests = pairs.map(({ blocked_id }) => blocked_id).filter((id) => id.startsWith(anonymousPrefix))
  const found = guests.length === 0 ? [] : await aliases.among(workspaceId, guests)
  const users = new Map(found.map(({ guest_id, user_id }) => [guest_id, user_id]))
  return readers.map(({ user_id }) => {
    const blocked = pairs.filter((pair) => pair.user_id === user_id).map(({ blocked_id }) => blocked_id)
    return new Set(blocked.flatMap((id) => [id, users.get(id) ?? id]))
  })
}

/** The last message of a stream, before the `before`th, that a reader has not read and whose author they have not blocked. */
export async function lastShown(
  { streams }: Pick<Store, 'streams'>,
  key: StreamKey,
  { mark, user_ids }: StreamReader,
  { blocked, before }: { readonly blocked: ReadonlySet<string>; readonly before: number },
): Promise<Message | undefined> {
  const isShown = ({ author }: Message) =>
    author === null || !(user_ids.includes(author) || blocked.has(author))
  let next = before
  for (let n = 0; n < mostPages && next > mark.nth + 1; n++) {
    const messages = await messagesOf(streams, key, { before: next, limit: limits.page_entries })
    const unread = messages.filter(({ nth }) => nth > mark.nth)
    const shown = unread.findLast(isShown)
    if (shown) return shown
    next = unread[0]?.nth ?? 0
  }
  return undefined
}

/** The first message that somebody has not read; undefined where it is there no more. */
export async function firstUnread(
  { streams }: Pick<Store, 'streams'>,
  key: StreamKey,
  { mark }: StreamReader,
): Promise<Message | undefined> {
  const [first] = await messagesOf(streams, key, { following: mark.nth, limit: 1 })
  return first
}

async function messagesOf(
  streams: Pick<StreamStore, 'page'>,
  key: StreamKey,
  range: PageRange,
): Promise<Message[]> {
  const page = await streams.page(key, range)
  // The text is a page's that a store of ours made.
  return page ? (JSON.parse(page.text) as Page).entries.filter(isMessage) : []
}
