import type { Store } from '../../../packages/server/src/stores/store.ts'
import type { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import type { storeWriter } from '../../../packages/server/tests/support/programs.ts'

export type Driver = 'embedded' | 'mongo'

/** What never leaves the server, and is looked at in the database itself. */
export interface TicketSlot {
  readonly line_manager: string | null
  readonly slot: number | null
  readonly is_closed: boolean
}

/** Where a driver keeps what a proof writes; empty at first. */
export interface Place {
  readonly driver: Driver
  /** What `dowellchat-server migrate` is told of it. */
  readonly address: string
  /** What the executable is told of it. */
  readonly env: Readonly<Record<string, string>>
  /** Opens it in this process. */
  readonly open: () => Promise<Store>
  /** Opens it elsewhere: see `storeWriter`. */
  readonly opener: Parameters<typeof storeWriter>
  /** Every ticket's slot, read past the driver; a server may be running. */
  slots(): Promise<TicketSlot[]>
  /** The server that writes to the disk, where our own does not. */
  readonly database?: MongoProcess
  remove(): Promise<void>
}
