import { isMessage, notesStream, type Page } from '@dowellchat/protocol'
import type { PersonalRow } from '../../stores/personal-data.ts'
import type { StreamKey } from '../../stores/store.ts'
import type { Context } from '../handler.ts'

const messagesAtOnce = 200

/**
 * Erases the notes about the tickets among some rows whose customer is erased: what the team has noted there is about them.
 * @param names what takes the place of each of the person's ids
 */
export async function eraseNotes(
  rows: readonly PersonalRow[],
  names: Readonly<Record<string, string>>,
  context: Context,
): Promise<void> {
  const { workspace_id } = context.session
  const ids = rows.flatMap(({ collection, row }) =>
    collection === 'tickets' && Object.hasOwn(names, row.user_id) ? row._id : [],
  )
  for (const id of ids) {
    const key = { workspace_id, stream: notesStream(id) }
    const removed = await eraseAll(key, context)
    // Other servers may have them in memory.
    if (removed && context.store.nodes) await context.changes.announce({ kind: 'messages_removed', ...key })
  }
}

/** @returns whether there were any */
async function eraseAll(key: StreamKey, { store, streams }: Context): Promise<boolean> {
  let isAny = false
  for (let after = 0; ; ) {
    const stored = await store.streams.page(key, { following: after, limit: messagesAtOnce })
    if (!stored) return isAny
    // The text is a page's that the store has made.
    const { entries } = JSON.parse(stored.text) as Page
    const messages = entries.filter(isMessage).filter(({ nth }) => nth > after)
    const last = messages.at(-1)
    if (!last) return isAny
    const targets = messages.map(({ seq }) => seq)
    isAny = (await streams.remove(key, { targets, reason: 'erased' })).length > 0 || isAny
    after = last.nth
  }
}

/** Whether a row is what others have noted: that is told neither to the customer nor to whom it mentions. */
export function isNoteOfOthers(one: PersonalRow, ids: readonly string[]): boolean {
  return (
    one.collection === 'entries' &&
    one.row.stream.startsWith(notesStream('')) &&
    !ids.includes(one.row.author)
  )
}
