import type { Head } from '@dowellchat/protocol'
import type { ClientMade } from '../domains/rows.ts'
import { newId } from '../ids.ts'
import { added, clientMadeFields, type Fields, inStore, integer, json, orNull, text } from './field.ts'

/** A stream as every store keeps it. */
export interface StreamRow {
  readonly stream: string
  readonly epoch: string
  /** The place of the last entry that was removed; seq 0 where none was. */
  readonly pruned_seq: number
  readonly pruned_nth: number
  readonly pruned_id: string | null
}

export const streamFields: Fields<StreamRow> = {
  stream: inStore(text),
  epoch: inStore(text),
  pruned_seq: inStore(added(integer, 0)),
  pruned_nth: inStore(added(integer, 0)),
  pruned_id: inStore(orNull(text)),
}

/** A new stream, under an epoch of its own. */
export function newStreamRow(stream: string): StreamRow {
  return { stream, epoch: newId(), pruned_seq: 0, pruned_nth: 0, pruned_id: null }
}

/** The place of the last entry that was removed. */
export function prunedOf({
  pruned_seq,
  pruned_nth,
  pruned_id,
}: Pick<StreamRow, 'pruned_seq' | 'pruned_nth' | 'pruned_id'>): Head {
  return { seq: pruned_seq, nth: pruned_nth, id: pruned_id }
}

/** An entry of a stream as every store keeps it. */
export interface EntryRow extends ClientMade {
  readonly _id: string
  readonly stream: string
  readonly seq: number
  readonly nth: number
  /** Null for a message. */
  readonly type: 'deletion' | 'change' | null
  /** '' for nobody. */
  readonly author: string
  readonly sid: string | null
  /** The seq of the message of which this entry has something that goes when that message goes. Null in most entries. */
  readonly about: number | null
  /** What it has: the name of a reaction that somebody still gives; `editAspect` for the text of an edit; null for a reply's quote. */
  readonly aspect: string | null
  /** Only of an edited message: its first text, as the JSON of a `MessageVersion`. */
  readonly original: string | null
  /** Only of a pinned message: the seq of the change that has pinned it. */
  readonly pinned_seq: number | null
  /** Whose mentions it counts among; null where nobody's. */
  readonly mentioned: readonly string[] | null
  /** The entry's JSON, which is what clients get, letter for letter. */
  readonly text: string
}

/** The fields that plain messages do not have. */
export type SparseField = 'about' | 'aspect' | 'original' | 'pinned_seq' | 'mentioned'

/** The `aspect` of an edit: no reaction has a line feed in its name. */
export const editAspect = '\n'

export const entryFields: Fields<EntryRow> = {
  stream: inStore(text),
  seq: inStore(integer),
  nth: inStore(integer),
  _id: inStore(text),
  author: inStore(text),
  ...clientMadeFields,
  sid: inStore(orNull(text)),
  text: inStore(text),
  type: inStore(orNull(text)),
  about: inStore(orNull(integer)),
  aspect: inStore(orNull(text)),
  original: inStore(orNull(text)),
  pinned_seq: inStore(orNull(integer)),
  mentioned: inStore(orNull(json)),
}
