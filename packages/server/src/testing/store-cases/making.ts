import { randomUUID } from 'node:crypto'
import { type CallDevice, type Message, Page, type Ticket } from '@dowellchat/protocol'
import type {
  Appended,
  Call,
  CallChange,
  Creation,
  MessageDraft,
  NewCall,
  NewLineManager,
  NewTicket,
  NewTopic,
  PageRange,
  Store,
  StreamKey,
} from '../../stores/store.ts'
import { holds, same } from './checks.ts'

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

export function newTicket(change: Partial<NewTicket> = {}): NewTicket {
  const made = { cid: randomUUID(), fingerprint: 'as sent', client_created_at: null }
  return { workspace_id: 'acme', user_id: 'ann', display_name: null, product: 'billing', ...made, ...change }
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

export const annPhone: CallDevice = { user_id: 'ann', device_id: 'ann-phone' }
export const benPhone: CallDevice = { user_id: 'ben', device_id: 'ben-phone' }
export const benTablet: CallDevice = { user_id: 'ben', device_id: 'ben-tablet' }

export function newCall(change: Partial<NewCall> = {}): NewCall {
  return {
    workspace_id: 'acme',
    cid: randomUUID(),
    fingerprint: 'as sent',
    caller: annPhone,
    callee_devices: [benPhone, benTablet],
    from: 'ann',
    ...change,
  }
}

/** What a device of the callee sends to take a call. */
export function answerBy(device: CallDevice): { type: 'answer'; device: CallDevice; fingerprint: string } {
  return { type: 'answer', device, fingerprint: device.device_id }
}

/** Makes line managers, each of unlimited capacity unless told otherwise. */
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

/** The row that was made, or was there. */
export function rowOf<Row>(creation: Creation<Row> | null | undefined): Row {
  holds(
    creation !== null && creation !== undefined && 'row' in creation,
    'Something new is made, and something known is answered',
    creation,
  )
  return creation.row
}

/** The append that was no conflict. */
export function placedOf(appended: Appended | undefined): Extract<Appended, { created: boolean }> {
  holds(
    appended !== undefined && 'placed' in appended,
    'An appended draft is answered with its place',
    appended,
  )
  return appended
}

/** The call that was not refused. */
export function callOf(change: CallChange): Call {
  holds('call' in change, "A device's step in its own call is answered with the call", change)
  return change.call
}

/** The page as its reader parses it. */
export async function readPage(store: Store, key: StreamKey, part: PageRange): Promise<Page> {
  const stored = await store.streams.page(key, part)
  holds(stored !== null, 'A stream that was opened has a page')
  const page = Page.parse(JSON.parse(stored.text))
  same(stored.head, page.head.seq, "A stored page's head is the seq of its text's head")
  return page
}

/** The entries of a whole stream, page after page from its beginning. */
export async function readAll(store: Store, key: StreamKey, limit = 50): Promise<Page['entries']> {
  const { epoch } = await readPage(store, key, { newest: 1 })
  const all: Page['entries'] = []
  for (let more = true; more; ) {
    const after = { epoch, seq: all.at(-1)?.seq ?? 0, id: all.at(-1)?._id ?? null }
    const page = await readPage(store, key, { after, limit })
    same(page.reset, undefined, 'A position that the stream has is continued')
    expectFollowing(page, (all.at(-1)?.seq ?? 0) + 1)
    all.push(...page.entries)
    more = page.more
  }
  return all
}

/** Throws unless a page continues at a seq, or is empty and the last. */
function expectFollowing({ entries, more }: Page, seq: number): void {
  const rule = 'What expectFollowing a position begins with the next seq: no overlap, no hole'
  same(entries[0]?.seq ?? (more ? 'no entry, but more' : seq), seq, rule)
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

/** Throws unless the entries are a stream from its beginning on: no hole, no double, no place that is taken twice. */
export function expectWhole(entries: readonly Message[], expected = entries.length): void {
  const places = entries.map(({ seq, nth }) => [seq, nth])
  same(
    places,
    range(1, expected).map((place) => [place, place]),
    "A stream's messages have the seqs and nths 1, 2, 3, … without holes or doubles",
  )
  same(new Set(ids(entries)).size, expected, 'Every entry of a stream has an id of its own')
  same(new Set(entries.map(({ cid }) => cid)).size, expected, 'No cid is appended twice')
}

/** The whole numbers from one to another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
