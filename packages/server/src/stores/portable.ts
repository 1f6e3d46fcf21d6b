import type { AuditEntry, Message, MetaSetting } from '@dowellchat/protocol'
import type { Alias } from './domains/aliases.ts'
import type { Block } from './domains/blocks.ts'
import type { DeliveryRow, Notice } from './domains/deliveries.ts'
import type { ReaderRow } from './domains/readers.ts'
import type { Revocation } from './domains/revocations.ts'
import type { ThreadRow } from './domains/threads.ts'
import type { UploadDay, UploadRow } from './domains/uploads.ts'
import type { CallRow } from './fields/calls.ts'
import type { CannedAnswerRow } from './fields/canned-answers.ts'
import type { KeyRow } from './fields/keys.ts'
import type { LineManagerRow } from './fields/line-managers.ts'
import type { PaceRow } from './fields/paces.ts'
import type { ReportRow } from './fields/reports.ts'
import type { RoomRow } from './fields/rooms.ts'
import type { ShareLinkRow } from './fields/share-links.ts'
import type { EntryRow, StreamRow } from './fields/streams.ts'
import type { TicketRow } from './fields/tickets.ts'
import type { TopicRow } from './fields/topics.ts'
import type { UserRow } from './fields/users.ts'
import type { DamagedRow } from './health.ts'

/** What a workspace has, in the order in which it is moved: an entry comes after its stream. */
export const collections = [
  'topics',
  'line_managers',
  'tickets',
  'canned_answers',
  'share_links',
  'meta_settings',
  'rooms',
  'paces',
  'calls',
  'users',
  'aliases',
  'blocks',
  'readers',
  'reports',
  'keys',
  'audit',
  'revocations',
  'deliveries',
  'notices',
  'threads',
  'uploads',
  'upload_days',
  'streams',
  'entries',
] as const
export type Collection = (typeof collections)[number]

/** A row of each collection, the same from every driver: all that is kept, but nothing that is only counted. */
export interface PortableRows {
  readonly topics: TopicRow
  readonly line_managers: LineManagerRow
  readonly tickets: TicketRow
  readonly canned_answers: CannedAnswerRow
  readonly share_links: ShareLinkRow
  readonly meta_settings: MetaSetting
  readonly rooms: RoomRow
  readonly paces: PaceRow
  readonly calls: CallRow
  readonly users: UserRow
  readonly aliases: Alias
  readonly blocks: Block
  readonly readers: ReaderRow
  readonly reports: ReportRow
  readonly keys: KeyRow
  readonly audit: AuditEntry
  readonly revocations: Revocation
  readonly deliveries: DeliveryRow
  readonly notices: Notice
  readonly threads: ThreadRow
  readonly uploads: UploadRow
  readonly upload_days: UploadDay
  readonly streams: StreamRow
  readonly entries: EntryRow
}

/** What is wrong with a store, in words. */
export interface StoreProblems {
  /** With its files below the rows, which can be read only where nothing is. */
  readonly files: readonly string[]
  /** With rows that cannot be read as what they are, and with what is counted or found by others. */
  readonly rows: readonly string[]
}

/**
 * A store's rows, below its domains, for moving them to another store. Nobody may use the store meanwhile. Rows have an
 * order: streams by their names' bytes, entries by stream and seq, revocations by their users, topics, line managers, tickets
 * and keys as they were made, everything else by their ids. The register of workspaces is not among them, since a server
 * writes it anew at each start; nor is the log of changes, which only running servers read.
 */
export interface Portable {
  /** The ids of all workspaces that have rows. */
  workspaces(): Promise<string[]>
  count(workspaceId: string, collection: Collection): Promise<number>
  /**
   * The rows that follow one, batch by batch; all of them after null.
   * @param onDamaged takes a row that cannot be read as what it is, and is left out; without it, such a row ends the reading
   */
  read<C extends Collection>(
    workspaceId: string,
    collection: C,
    after: PortableRows[C] | null,
    onDamaged?: (row: DamagedRow) => void,
  ): AsyncIterable<readonly PortableRows[C][]>
  /** The row of the same key, null where there is none. */
  find<C extends Collection>(
    workspaceId: string,
    collection: C,
    row: PortableRows[C],
  ): Promise<PortableRows[C] | null>
  last<C extends Collection>(workspaceId: string, collection: C): Promise<PortableRows[C] | null>
  /** Adds rows behind those that are there, in the order given; leaves those that are there as they are. */
  write<C extends Collection>(
    workspaceId: string,
    collection: C,
    rows: readonly PortableRows[C][],
  ): Promise<void>
  /**
   * Puts rows in the places of those with their ids. Answers for each whether it did: not where another of its keys is taken,
   * or where there is none of that id.
   */
  replace<C extends Replaceable>(
    workspaceId: string,
    collection: C,
    rows: readonly PortableRows[C][],
  ): Promise<boolean[]>
  /**
   * Gives a stream another name, which its entries' texts have too. False where a stream has that name: then nothing changes.
   * After a kill, call it again before anybody uses the store.
   */
  renameStream(workspaceId: string, from: string, to: string): Promise<boolean>
  /** What is wrong with the store itself; nothing where the database looks after that. */
  problems?(): StoreProblems
  close(): Promise<void>
}

/** The collections whose rows `replace` takes. */
export type Replaceable = 'topics' | 'line_managers' | 'tickets' | 'entries'

/** An entry's text with other values for some of the message's fields; one that is damaged stays as it is. */
export function rewriteText(text: string, changes: Partial<Message>): string {
  try {
    // The text is a message's that a server of ours made; the order of its fields stays.
    return JSON.stringify({ ...(JSON.parse(text) as Message), ...changes })
  } catch {
    return text
  }
}

/** The one JSON text of a row, whichever driver it is from and however that orders its fields. */
export function canonicalText(row: unknown): string {
  return JSON.stringify(row, (_name, value: unknown) => (isObject(value) ? sorted(value) : value))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
