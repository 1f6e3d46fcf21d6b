import type { Store } from '../../../packages/server/src/stores/store.ts'
import type { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import type { storeWriter } from '../../../packages/server/tests/support/programs.ts'

export type Driver = 'embedded' | 'mongo'

/** A ticket's slot. Servers never send it, so proofs read it from the database. */
export interface TicketSlot {
  readonly line_manager: string | null
  readonly slot: number | null
  readonly is_closed: boolean
}

/** Where a driver stores what a proof writes; empty at first. */
export interface Place {
  readonly driver: Driver
  /** Its name for `dowellchat-server migrate`. */
  readonly address: string
  /** The environment with which the executable uses it. */
  readonly env: Readonly<Record<string, string>>
  /** Opens it in this process. */
  readonly open: () => Promise<Store>
  /** Opens it in another process: see `storeWriter`. */
  readonly opener: Parameters<typeof storeWriter>
  /** Reads every ticket's slot without the driver; a server may be running. */
  slots(): Promise<TicketSlot[]>
  /** The database server, if there is one: it writes to the disk and not our server. */
  readonly database?: MongoProcess
  remove(): Promise<void>
}
