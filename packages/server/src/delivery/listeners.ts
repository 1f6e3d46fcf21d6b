import type { Address } from './audience.ts'
import type { Notify } from './facts.ts'

/** This server's sockets. */
export interface Listeners {
  readonly push: Notify
  /** Whether a socket of this server is at one of the addresses. */
  hasAny(addresses: readonly Address[]): boolean
}
