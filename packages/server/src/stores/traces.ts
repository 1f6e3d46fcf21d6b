import { type Entry, factText, type Message, type MessageChange } from '@dowellchat/protocol'
import { type EntryRow, editAspect } from './fields/streams.ts'
import { encodeMessage } from './message.ts'
import type { Person } from './person.ts'

/** What is left of an entry that has something of a message, once that message is gone. */
export type StrippedRow = Pick<EntryRow, 'text' | 'about' | 'aspect'>

/** Takes out what an entry has of a message: a reply its quote, an edit its text, a reaction that it counts. */
export function strippedRow({ type, aspect, text }: Pick<EntryRow, 'type' | 'aspect' | 'text'>): StrippedRow {
  const gone = { about: null, aspect: null }
  const entry = entryIn(text)
  if (!entry) return { ...gone, text }
  const left =
    type === null ? { quote: undefined } : aspect === editAspect && { message_data: '', mentions: undefined }
  return { ...gone, text: left ? JSON.stringify({ ...entry, ...left }) : text }
}

/** What is left of an entry that names a person. */
export type ForgottenRow = Pick<EntryRow, 'author' | 'cid' | 'fingerprint' | 'mentioned' | 'text'>

/** Takes a person out of an entry that names them; undefined where it does not, or cannot be read. */
export function forgottenRow(
  row: Pick<EntryRow, '_id' | 'author' | 'cid' | 'fingerprint' | 'mentioned' | 'text'>,
  person: Person,
): ForgottenRow | undefined {
  const entry = entryIn(row.text)
  const left = entry && forgotten(entry, person)
  if (!left) return undefined
  const text = left.type === 'message' ? encodeMessage(left) : JSON.stringify(left)
  const { author, cid, fingerprint } = row
  const others = row.mentioned?.filter((id) => !person.has(id)) ?? []
  const mentioned = others.length > 0 ? others : null
  // A row without an author takes its id as its cid, as one that was removed does.
  const isOwn = left.type === 'change' && person.has(author)
  if (isOwn) return { author: '', cid: row._id, fingerprint: '', mentioned, text }
  return { author, cid, fingerprint, mentioned, text }
}

/** Whether an entry names a person, other than as the author of a message. */
export function namesIn(text: string, person: Person): boolean {
  // Most entries name nobody, and are not parsed.
  if (!/"(?:mentions|user_ids|pinned_by|by|line_manager|from)":/.test(text)) return false
  const entry = entryIn(text)
  return entry !== undefined && forgotten(entry, person) !== undefined
}

function forgotten(entry: Entry, person: Person): Message | MessageChange | undefined {
  if (entry.type === 'deletion' || !isNamed(entry, person)) return undefined
  const mentions = entry.mentions?.map((one) => ({ ...one, user_id: person.renamed(one.user_id) }))
  if (entry.type === 'change') {
    const { by, reaction } = entry
    return {
      ...entry,
      by: person.has(by) ? null : by,
      ...(mentions && { mentions }),
      ...(reaction && { reaction: renamedIn(reaction, person) }),
    }
  }
  const { reactions, pinned_by } = entry
  return {
    ...entry,
    mentions,
    reactions: reactions?.map((one) => renamedIn(one, person)),
    pinned_by: person.has(pinned_by) ? undefined : pinned_by,
    ...forgottenFact(entry, person),
  }
}

/** A fact without a person; its text, which may have their name, says it of nobody then. */
function forgottenFact(
  { kind, fact }: Message,
  { has, renamed }: Person,
): Partial<Pick<Message, 'fact' | 'message_data'>> {
  if (!fact || kind === 'text' || kind === 'removed') return {}
  const { line_manager = null, from = null } = fact
  if (!has(line_manager) && !has(from)) return {}
  return {
    fact: {
      ...fact,
      ...(has(line_manager) && { line_manager: renamed(line_manager) }),
      ...(has(from) && { from: renamed(from) }),
    },
    ...(has(line_manager) && { message_data: factText(kind, fact) }),
  }
}

function isNamed(entry: Message | MessageChange, { has }: Person): boolean {
  if (entry.mentions?.some(({ user_id }) => has(user_id))) return true
  if (entry.type === 'change') return has(entry.by) || (entry.reaction?.user_ids.some(has) ?? false)
  const { fact } = entry
  if (has(fact?.line_manager) || has(fact?.from)) return true
  return has(entry.pinned_by) || (entry.reactions?.some(({ user_ids }) => user_ids.some(has)) ?? false)
}

function renamedIn<R extends { readonly user_ids: string[] }>(reaction: R, { renamed }: Person): R {
  return { ...reaction, user_ids: reaction.user_ids.map((id) => renamed(id)) }
}

/** Undefined where the text is damaged. */
function entryIn(text: string): Entry | undefined {
  try {
    // The text is an entry's that a store of ours made.
    const entry = JSON.parse(text) as Entry | null
    return typeof entry === 'object' && entry !== null ? entry : undefined
  } catch {
    return undefined
  }
}
