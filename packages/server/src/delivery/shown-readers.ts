import type { Reader } from '@dowellchat/protocol'
import { type EndAsked, mostEnds, type ReaderRow, type Store, type StreamEnd } from '../stores/store.ts'

/** A person's row of a stream, and the ids under which they write. */
export interface OwnReader {
  readonly row: ReaderRow
  readonly user_ids: readonly string[]
}

/** What a stream is to somebody, as they are told, and where the stream ends; null where it has no log. */
export interface ShownReader {
  readonly reader: Reader
  readonly end: StreamEnd | null
}

type Streams = Pick<Store, 'streams'>

/** Counts for all of them together what they have not read. `withLast`: the last messages are read too. */
export async function shownReaders(
  store: Streams,
  workspace_id: string,
  all: readonly OwnReader[],
  { withLast = false }: Pick<EndAsked, 'withLast'> = {},
): Promise<ShownReader[]> {
  const shown: ShownReader[] = []
  for (let at = 0; at < all.length; at += mostEnds)
    shown.push(...(await showSome(store, workspace_id, all.slice(at, at + mostEnds), withLast)))
  return shown
}

async function showSome(
  store: Streams,
  workspace_id: string,
  some: readonly OwnReader[],
  withLast: boolean,
): Promise<ShownReader[]> {
  const asked = some.map(({ row: { stream, nth, seq }, user_ids }) => ({
    workspace_id,
    stream,
    mark: { nth, seq, user_ids },
    withLast,
  }))
  const ends = await store.streams.ends(asked)
  return Promise.all(
    some.map(async ({ row, user_ids }, at) => {
      const end = ends[at] ?? null
      const unread = end?.unread ?? 0
      const key = { workspace_id, stream: row.stream }
      // Without a message of others there is no mention.
      const mentions =
        unread === 0 ? 0 : (end?.mentions ?? (await store.streams.mentionsAfter(key, user_ids, row.nth)))
      return { reader: readerOf(row, unread, mentions), end }
    }),
  )
}

/** What a stream is to somebody, as they are told. */
export function readerOf(row: ReaderRow, unread: number, mentions: number): Reader {
  const { stream, nth, is_muted, is_pinned, is_archived, version } = row
  return { stream, nth, unread, mentions, is_muted, is_pinned, is_archived, version }
}
