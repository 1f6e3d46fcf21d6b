import { setTimeout as pause } from 'node:timers/promises'
import type { Message, PersonalDataRequests } from '@dowellchat/protocol'
import { ticketAudience } from '../../delivery/audience.ts'
import { everywhereMs } from '../../delivery/shared-changes.ts'
import { RequestError } from '../../errors.ts'
import { erasedId } from '../../identity/erased.ts'
import { editAspect } from '../../stores/fields/streams.ts'
import { personUnder } from '../../stores/person.ts'
import { exportedRow, type PersonalRow } from '../../stores/personal-data.ts'
import { isPersonalCursor, type PersonalPage } from '../../stores/personal-search.ts'
import type { StreamKey } from '../../stores/store.ts'
import { isoNow } from '../../time.ts'
import type { Context, Handlers } from '../handler.ts'
import { eraseNotes, isNoteOfOthers } from './erasing-notes.ts'
import { announceRooms } from './erasing-rooms.ts'
import { revoke } from './session.ts'

export const personalDataHandlers: Handlers<PersonalDataRequests> = {
  async export_user({ user_id, after }, context) {
    if (after === undefined) await context.settled()
    const ids = await idsOf(context, user_id)
    const { rows, next } = await readPage(context, ids, after)
    const person = personUnder(ids)
    const told = rows.filter((one) => !isNoteOfOthers(one, ids))
    const exported = told.flatMap((one) => {
      const row = exportedRow(one, person)
      return row ? { collection: one.collection, row: { ...row } } : []
    })
    return { rows: exported, next }
  },

  async erase_user({ user_id, after }, context) {
    const { store, session } = context
    const ids = await idsOf(context, user_id)
    const names = renamed(context, ids)
    if (after === undefined) await endSessions(context, Object.values(names))
    const { rows, next } = await readPage(context, ids, after)
    await eraseEntries(context, rows, names)
    await eraseNotes(rows, names, context)
    // Before the last rows go, which say under which ids the person is known.
    if (next === null) await forgetChanges(context, names)
    const others = rows.filter(({ collection }) => collection !== 'entries')
    for (const some of inSteps(others)) await store.personal.erase(session.workspace_id, some, names)
    await announceTickets(context, others)
    await announceRooms(context, others, names)
    if (next === null) await store.personal.settle()
    context.files?.sweepSoon()
    return { rows: rows.length, replacement: names[user_id] ?? '', next }
  },
}

const aliasesAtOnce = 500

/** The ids under which a person is known: their own, and those that they had as a guest. */
async function idsOf({ store, session }: Context, userId: string): Promise<string[]> {
  const ids = [userId]
  for (let before: string | undefined; ; ) {
    const range = { limit: aliasesAtOnce, ...(before !== undefined && { before }) }
    const aliases = await store.aliases.list(session.workspace_id, userId, range)
    ids.push(...aliases.map(({ guest_id }) => guest_id))
    if (aliases.length < aliasesAtOnce) return ids
    before = aliases.at(-1)?._id
  }
}

function readPage(
  { store, session }: Context,
  userIds: readonly string[],
  after: string | undefined,
): Promise<PersonalPage> {
  if (after !== undefined && !isPersonalCursor(after))
    throw new RequestError('invalid_payload', 'after: expected the `next` of an answer')
  return store.personal.read(session.workspace_id, userIds, after ?? null)
}

type EntryRow = Extract<PersonalRow, { readonly collection: 'entries' }>['row']

/** Removes the person's messages and what they have done, so that everybody who has read them learns of it. */
async function eraseEntries(
  context: Context,
  rows: readonly PersonalRow[],
  names: Readonly<Record<string, string>>,
): Promise<void> {
  const { session, store, changes } = context
  const { workspace_id } = session
  const byStream = new Map<string, EntryRow[]>()
  for (const { collection, row } of rows)
    if (collection === 'entries') byStream.set(row.stream, [...(byStream.get(row.stream) ?? []), row])
  for (const [stream, all] of byStream)
    for (const some of inSteps(all)) await eraseIn({ workspace_id, stream }, some, names, context)
  // Other servers may have them in memory.
  if (!store.nodes) return
  const removed = [...byStream.keys()].map(
    (stream) => ({ kind: 'messages_removed', workspace_id, stream }) as const,
  )
  if (removed.length > 0) await changes.announce(...removed)
}

async function eraseIn(
  key: StreamKey,
  rows: readonly EntryRow[],
  names: Readonly<Record<string, string>>,
  context: Context,
): Promise<void> {
  const { streams } = context
  const theirs = rows.filter(({ author }) => Object.hasOwn(names, author))
  const targets = theirs.filter(({ type }) => type === null).map(({ seq }) => seq)
  if (targets.length > 0) await streams.remove(key, { targets, reason: 'erased' })
  for (const row of theirs) await endReaction(key, row, context)
  const seqs = rows.map(({ seq }) => seq)
  await streams.forget(key, seqs, names)
}

/** Takes back a reaction that the person still gives; nobody has done it. */
async function endReaction(
  key: StreamKey,
  { about, aspect, author }: EntryRow,
  { store, streams }: Context,
): Promise<void> {
  if (about === null || aspect === null || aspect === editAspect) return
  const text = await store.streams.message(key, about)
  if (text === null) return
  // The text is a message's that a store of ours made.
  const { _id: message_id } = JSON.parse(text) as Message
  await streams.change(key, {
    target: { seq: about, message_id },
    content: { change: 'unreacted', reaction: aspect },
    user_ids: [author],
    isErasing: true,
    ...{ cid: '', fingerprint: '' },
  })
}

/** How many rows a store is asked to change in one call, which has to end within its deadline however slow it is. */
const rowsAtOnce = 50

function inSteps<Row>(rows: readonly Row[]): Row[][] {
  const steps = Math.ceil(rows.length / rowsAtOnce)
  return Array.from({ length: steps }, (_, at) => rows.slice(at * rowsAtOnce, (at + 1) * rowsAtOnce))
}

/**
 * Ends the sessions of a person under the names that take the place of their ids, so that no row says who it was. Resolves
 * once no server writes anything of them any more.
 */
async function endSessions(context: Context, names: readonly string[]): Promise<void> {
  const { store, changes, settled } = context
  const revoked_before = isoNow()
  for (const user_id of names) await revoke(context, { user_id, revoked_before })
  await changes.poll()
  // What the person does until then on another server would be found by nobody.
  if (store.nodes) await pause(everywhereMs)
  await settled()
}

/** What servers have told each other of the person. */
async function forgetChanges(
  { store, session }: Context,
  names: Readonly<Record<string, string>>,
): Promise<void> {
  for (let after: number | null = 0; after !== null; )
    after = await store.changes.rename(session.workspace_id, names, after)
}

/** What takes the place of each of a person's ids. */
function renamed({ keys, session }: Context, userIds: readonly string[]): Record<string, string> {
  const hashed = userIds.map((id) => [id, erasedId(keys, session.workspace_id, id)])
  return Object.fromEntries(hashed) as Record<string, string>
}

async function announceTickets(
  { store, session, notify }: Context,
  rows: readonly PersonalRow[],
): Promise<void> {
  const { workspace_id } = session
  for (const { collection, row } of rows) {
    const ticket = collection === 'tickets' ? await store.tickets.get(workspace_id, row._id) : null
    if (ticket) notify(ticketAudience(workspace_id, ticket), 'ticket_updated', { data: ticket })
  }
}
