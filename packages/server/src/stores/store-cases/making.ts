import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Page } from '@dowellchat/protocol'
import type {
  Appended,
  Creation,
  MessageDraft,
  NewCall,
  NewLineManager,
  NewTicket,
  NewTopic,
  PageRange,
  Store,
  StreamKey,
} from '../store.ts'

/** What every store must do, without a test runner; throws where it does not. */
export interface StoreCase {
  readonly title: string
  /** Whether it closes and opens the same place again, which needs a store that keeps something. */
  readonly reopens?: boolean
  run(open: OpenStore): Promise<void>
}

/** Opens the case's own place, empty at first. */
export type OpenStore = () => Promise<Store>

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

export function newCall(change: Partial<NewCall> = {}): NewCall {
  return {
    workspace_id: 'acme',
    cid: randomUUID(),
    fingerprint: 'as sent',
    caller: { user_id: 'ann', device_id: 'ann-phone' },
    callee_devices: [
      { user_id: 'ben', device_id: 'ben-phone' },
      { user_id: 'ben', device_id: 'ben-tablet' },
    ],
    from: 'ann',
    ...change,
  }
}

/** The row that was made, or was there. */
export function rowOf<Row>(creation: Creation<Row> | null): Row {
  assert.ok(creation && 'row' in creation, `expected a row, got ${JSON.stringify(creation)}`)
  return creation.row
}

/** The append that was no conflict. */
export function placedOf(appended: Appended | undefined): Extract<Appended, { created: boolean }> {
  assert.ok(appended && 'placed' in appended, `expected a place, got ${JSON.stringify(appended)}`)
  return appended
}

/** The page as its reader parses it. */
export async function readPage(store: Store, key: StreamKey, range: PageRange): Promise<Page> {
  const stored = await store.streams.page(key, range)
  assert.ok(stored, 'expected a log')
  const page = Page.parse(JSON.parse(stored.text))
  assert.equal(stored.head, page.head.seq)
  return page
}

export function seqs(page: Page): number[] {
  return page.entries.map(({ seq }) => seq)
}

/** The whole numbers from one to another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
