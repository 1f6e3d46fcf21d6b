import type { AliasStore } from './domains/aliases.ts'
import type { AuditStore } from './domains/audit.ts'
import type { BlockStore } from './domains/blocks.ts'
import type { CallStore } from './domains/calls.ts'
import type { CannedAnswerStore } from './domains/canned-answers.ts'
import type { ChangeStore } from './domains/changes.ts'
import type { DeliveryStore } from './domains/deliveries.ts'
import type { KeyStore } from './domains/keys.ts'
import type { LeaseStore } from './domains/leases.ts'
import type { LineManagerStore } from './domains/line-managers.ts'
import type { NodeStore } from './domains/nodes.ts'
import type { PersonalStore } from './domains/personal.ts'
import type { ReaderStore } from './domains/readers.ts'
import type { ReportStore } from './domains/reports.ts'
import type { RevocationStore } from './domains/revocations.ts'
import type { RoomStore } from './domains/rooms.ts'
import type { SearchStore } from './domains/search.ts'
import type { ShareLinkStore } from './domains/share-links.ts'
import type { StreamStore } from './domains/streams.ts'
import type { ThreadStore } from './domains/threads.ts'
import type { TicketStore } from './domains/tickets.ts'
import type { TopicStore } from './domains/topics.ts'
import type { AppendTurns } from './domains/turns.ts'
import type { UploadStore } from './domains/uploads.ts'
import type { UserStore } from './domains/users.ts'
import type { WorkspaceStore } from './domains/workspaces.ts'
import type { DamagedRow, StoreHealth } from './health.ts'

export type * from './domains/aliases.ts'
export type * from './domains/audit.ts'
export type * from './domains/blocks.ts'
export { mostPairs } from './domains/blocks.ts'
export type * from './domains/calls.ts'
export { mostOpenCalls, seqsOfOwner } from './domains/calls.ts'
export type * from './domains/canned-answers.ts'
export type * from './domains/changes.ts'
export type * from './domains/deliveries.ts'
export { mostNotes } from './domains/deliveries.ts'
export type * from './domains/keys.ts'
export type * from './domains/leases.ts'
export type * from './domains/line-managers.ts'
export type * from './domains/message-changes.ts'
export type * from './domains/nodes.ts'
export type * from './domains/personal.ts'
export type * from './domains/readers.ts'
export { mostReaders } from './domains/readers.ts'
export type * from './domains/reports.ts'
export type * from './domains/revocations.ts'
export type * from './domains/rooms.ts'
export type * from './domains/rows.ts'
export type * from './domains/search.ts'
export { mostPlaces } from './domains/search.ts'
export type * from './domains/share-links.ts'
export type * from './domains/streams.ts'
export { mostEnds, mostKnown, streamId, streamKeyOf } from './domains/streams.ts'
export type * from './domains/threads.ts'
export type * from './domains/tickets.ts'
export { mostAssigned, mostCounted, mostListed, mostLookedThrough } from './domains/tickets.ts'
export type * from './domains/topics.ts'
export type * from './domains/turns.ts'
export type * from './domains/uploads.ts'
export { uploadsAtOnce } from './domains/uploads.ts'
export type * from './domains/users.ts'
export type * from './domains/workspaces.ts'
export type { DamagedRow, StoreHealth } from './health.ts'

/**
 * Everything that the server keeps. Two rules hold for every driver:
 * a promise that resolves speaks of what is durable, and whatever two requests could race for is decided inside one
 * method. A driver that cannot tell or cannot write rejects with `StoreUnavailableError`.
 */
export interface Store {
  readonly workspaces: WorkspaceStore
  readonly streams: StreamStore
  readonly calls: CallStore
  readonly topics: TopicStore
  readonly lineManagers: LineManagerStore
  readonly tickets: TicketStore
  readonly cannedAnswers: CannedAnswerStore
  readonly shareLinks: ShareLinkStore
  readonly users: UserStore
  readonly aliases: AliasStore
  readonly blocks: BlockStore
  readonly reports: ReportStore
  readonly keys: KeyStore
  readonly audit: AuditStore
  readonly revocations: RevocationStore
  readonly changes: ChangeStore
  readonly personal: PersonalStore
  readonly rooms: RoomStore
  readonly readers: ReaderStore
  readonly threads: ThreadStore
  readonly deliveries: DeliveryStore
  readonly uploads: UploadStore
  readonly search: SearchStore
  /** Present where several servers may share the store; they need one pepper. */
  readonly nodes?: NodeStore
  /** Present where several servers may share the store. */
  readonly leases?: LeaseStore
  /** May be present where several servers share the store. */
  readonly turns?: AppendTurns
  /** When it was last used before it was opened, in milliseconds since 1970 by the clock of then; absent where that is not known. */
  readonly usedUntil?: number
  /** Why what was erased before is still in unused parts of its files, if it is. */
  readonly notRebuilt?: string
  /** How the store is. Answers within its deadline and never rejects; after a refused write it tries one. */
  health?(): Promise<StoreHealth>
  /** Tells of each damaged row that is met, once. What could be read of it is answered nevertheless. */
  onDamaged?(listener: (row: DamagedRow) => void): void
  /** Tells that nothing will be read or written any more until the process is started anew. */
  onEnded?(listener: (error: Error) => void): void
  close(): Promise<void>
}

/** The store cannot take this now. A write may have happened nevertheless: its retry, with the same cid, tells. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
  /** What a call that is refused for being late answers once it has ended, where it goes on. */
  readonly later?: Promise<unknown>

  constructor(message?: string, { later, ...options }: ErrorOptions & { later?: Promise<unknown> } = {}) {
    super(message, options)
    if (later) this.later = later
  }
}

/** The store cannot be opened; the message says what is wrong and what to do. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
}
