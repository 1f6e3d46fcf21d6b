import { randomUUID } from 'node:crypto'
import {
  type AuditEntry,
  type CallDevice,
  type Entry,
  isMessage,
  type Message,
  Page,
  type Ticket,
} from '@dowellchat/protocol'
import type {
  Appended,
  Call,
  CallChange,
  CallCreation,
  Change,
  ChangeContent,
  ChangeDraft,
  Creation,
  MessageDraft,
  MessageTarget,
  Naming,
  NewCall,
  NewKey,
  NewLineManager,
  NewReport,
  NewTicket,
  NewTopic,
  NewUpload,
  PageRange,
  Revocation,
  Store,
  StreamKey,
} from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'

/** A room of the workspace `acme`. */
export function room(name: string, workspace_id = 'acme'): StreamKey {
  return { workspace_id, stream: `room:${name}` }
}

export function draft(change: Partial<MessageDraft> = {}): MessageDraft {
  return {
    cid: randomUUID(),
    fingerprint: 'as sent',
    kind: 'text',
    message_data: 'Hello',
    author: 'ann',
    display_name: 'Ann',
    reply_to: null,
    client_created_at: null,
    sid: 'socket-1',
    ...change,
  }
}

export function drafts(count: number, change: Partial<MessageDraft> = {}): MessageDraft[] {
  return range(1, count).map(() => draft(change))
}

export function changeDraft(
  target: MessageTarget,
  content: ChangeContent,
  change: Partial<ChangeDraft> = {},
): ChangeDraft {
  return { cid: randomUUID(), fingerprint: 'as sent', target, content, user_ids: ['ann'], ...change }
}

export function newTicket(change: Partial<NewTicket> = {}): NewTicket {
  const made = { cid: randomUUID(), fingerprint: 'as sent', client_created_at: null }
  return { workspace_id: 'acme', user_id: 'ann', display_name: null, product: 'billing', ...made, ...change }
}

/** A picture that ann uploads. */
export function newUpload(change: Partial<NewUpload> = {}): NewUpload {
  return {
    ...{ workspace_id: 'acme', user_id: 'ann', cid: randomUUID(), fingerprint: 'as sent' },
    ...{ name: 'cat.png', type: 'image/png', size: 100, sha256: null },
    ...{ width: 20, height: 10, duration_ms: null, due_at: '2026-01-02T00:00:00.000Z', day: '2026-01-01' },
    ...{ most_user_bytes: 1_000, most_workspace_bytes: 1_500 },
    ...change,
  }
}

/** A message of ann's in the room `r` that names uploads. */
export function naming(upload_ids: readonly string[], change: Partial<Naming> = {}): Naming {
  const times = { at: '2026-01-01T12:00:00.000Z', due_at: '2026-01-02T12:00:00.000Z' }
  return { upload_ids, user_ids: ['ann'], stream: 'room:r', author: 'ann', cid: 'named', ...times, ...change }
}

/** What ann has reported: a message of ben's. */
export function newReport(change: Partial<NewReport> = {}): NewReport {
  const made = { cid: randomUUID(), fingerprint: 'as sent' }
  const target = { user_id: 'ben', stream: 'room:r', seq: 1, message: reportedMessage() }
  return { workspace_id: 'acme', reported_by: 'ann', reason: 'Insults', ...target, ...made, ...change }
}

export function reportedMessage(change: Partial<Message> = {}): Message {
  return {
    _id: '01990000-0000-7000-8000-000000000000',
    stream: 'room:r',
    seq: 1,
    nth: 1,
    type: 'message',
    kind: 'text',
    cid: 'cid of a message',
    message_data: 'You …',
    author: 'ben',
    display_name: 'Ben',
    reply_to: null,
    created_at: '2026-01-02T03:04:05.678Z',
    client_created_at: null,
    ...change,
  }
}

export function newLineManager(user_id: string, change: Partial<NewLineManager> = {}): NewLineManager {
  const made = { cid: randomUUID(), fingerprint: 'as sent', client_created_at: null, created_by: 'root' }
  const rank = { positions_in_a_line: 1, average_serving_time: 5, capacity: null }
  return { workspace_id: 'acme', user_id, ...rank, ...made, ...change }
}

export function newTopic(name: string, change: Partial<NewTopic> = {}): NewTopic {
  const made = { cid: randomUUID(), fingerprint: 'as sent', client_created_at: null }
  return { workspace_id: 'acme', user_id: 'root', name, ...made, ...change }
}

export function newKey(change: Partial<NewKey> = {}): NewKey {
  const made = { cid: randomUUID(), fingerprint: 'as sent', hash: randomUUID(), prefix: 'dck_abcd' }
  const rights = { name: null, scopes: [], expires_at: null }
  return { workspace_id: 'acme', created_by: 'root', kind: 'server', ...made, ...rights, ...change }
}

export function newAuditEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  const made = {
    _id: randomUUID(),
    at: '2026-01-02T03:00:00.000Z',
    act: 'close_ticket',
    result: 'ok',
    count: 1,
  }
  return { ...made, by: 'root', key_id: null, address: '192.0.2.1', object: null, user_id: null, ...change }
}

export const annPhone: CallDevice = { user_id: 'ann', device_id: 'ann-phone' }
export const benPhone: CallDevice = { user_id: 'ben', device_id: 'ben-phone' }
export const benTablet: CallDevice = { user_id: 'ben', device_id: 'ben-tablet' }
export const zoePhone: CallDevice = { user_id: 'zoe', device_id: 'zoe-phone' }

export function newCall(change: Partial<NewCall> = {}): NewCall {
  return {
    workspace_id: 'acme',
    cid: randomUUID(),
    fingerprint: 'as sent',
    caller: annPhone,
    callee_devices: [benPhone, benTablet],
    owner: 'server-1',
    from: 'ann',
    media: 'video',
    ...change,
  }
}

export function revocation(change: Partial<Revocation> = {}): Revocation {
  return { user_id: 'ann', revoked_before: '2026-01-01T00:00:00.000Z', ...change }
}

type Revoked = Extract<Change, { readonly kind: 'sessions_revoked' }>

export function change(change: Partial<Revoked> = {}): Revoked {
  return { kind: 'sessions_revoked', workspace_id: 'acme', ...revocation(), ...change }
}

export function answerBy(device: CallDevice): { type: 'answer'; device: CallDevice; fingerprint: string } {
  return { type: 'answer', device, fingerprint: device.device_id }
}

/** Creates line managers, by default of unlimited capacity. */
export async function hire(
  store: Store,
  names: readonly string[],
  capacity: number | null = null,
): Promise<void> {
  for (const name of names) rowOf(await store.lineManagers.create(newLineManager(name, { capacity })))
}

export async function ask(store: Store, change: Partial<NewTicket> = {}): Promise<Ticket> {
  return rowOf(await store.tickets.create(newTicket(change)))
}

/** What becomes of a new call, of whatever else no row comes. */
type Uncreated = Exclude<CallCreation, Creation<Call>>

/** The row that was created now or earlier. Throws if there is none. */
export function rowOf<Row>(creation: Creation<Row> | Uncreated | undefined): Row {
  expectTrue(
    creation !== null && creation !== undefined && 'row' in creation,
    'Something new is made, and something known is answered',
    creation,
  )
  return creation.row
}

/** The appended entry. Throws if it was a conflict. */
export function placedOf(appended: Appended | undefined): Extract<Appended, { created: boolean }> {
  expectTrue(
    appended !== undefined && 'placed' in appended,
    'An appended draft is answered with its place',
    appended,
  )
  return appended
}

/** The changed call. Throws if the change was refused. */
export function callOf(change: CallChange): Call {
  expectTrue('call' in change, "A device's step in its own call is answered with the call", change)
  return change.call
}

/** Reads a page and parses it as clients do. */
export async function readPage(store: Store, key: StreamKey, part: PageRange): Promise<Page> {
  const stored = await store.streams.page(key, part)
  expectTrue(stored !== null, 'A stream that was opened has a page')
  const page = Page.parse(JSON.parse(stored.text))
  expectSame(stored.head, page.head.seq, "A stored page's head is the seq of its text's head")
  return page
}

/** Reads the messages of a whole stream, page by page from its beginning. */
export async function readAll(store: Store, key: StreamKey, limit = 50): Promise<Message[]> {
  return (await readEntries(store, key, limit)).filter(isMessage)
}

/** Reads the entries of a whole stream, page by page from its beginning. */
export async function readEntries(store: Store, key: StreamKey, limit = 50): Promise<Entry[]> {
  const { epoch } = await readPage(store, key, { newest: 1 })
  const all: Page['entries'] = []
  for (let more = true; more; ) {
    const after = { epoch, seq: all.at(-1)?.seq ?? 0, id: all.at(-1)?._id ?? null }
    const page = await readPage(store, key, { after, limit })
    expectSame(page.reset, undefined, 'A position that the stream has is continued')
    expectNext(page, (all.at(-1)?.seq ?? 0) + 1)
    all.push(...page.entries)
    more = page.more
  }
  return all
}

/** Throws unless a page begins with a seq, or is empty and the last one; paging would never end otherwise. */
function expectNext({ entries, more }: Page, seq: number): void {
  const rule = 'What follows a position begins with the next seq: no overlap, no hole'
  expectSame(entries[0]?.seq ?? (more ? 'no entry, but more' : seq), seq, rule)
}

export function seqs(page: { readonly entries: readonly { seq: number }[] }): number[] {
  return seqsOf(page.entries)
}

export function seqsOf(entries: readonly { seq: number }[]): number[] {
  return entries.map(({ seq }) => seq)
}

export function ids(rows: readonly { _id: string }[]): string[] {
  return rows.map(({ _id }) => _id)
}

/** Throws unless the entries are a whole stream from its beginning: no hole, and nothing twice. */
export function expectWhole(all: readonly Entry[], expected = all.length): void {
  const entries = all.filter(isMessage)
  const places = entries.map(({ seq, nth }) => [seq, nth])
  expectSame(
    places,
    range(1, expected).map((place) => [place, place]),
    "A stream's messages have the seqs and nths 1, 2, 3, … without holes or doubles",
  )
  expectSame(new Set(ids(entries)).size, expected, 'Every entry of a stream has an id of its own')
  expectSame(new Set(entries.map(({ cid }) => cid)).size, expected, 'No cid is appended twice')
}

/** The whole numbers from one to another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
