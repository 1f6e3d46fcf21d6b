/** Who of the servers on a store does what only one of them is to do. Clocks have no part in it. */
export interface LeaseStore {
  /** The server that has a lease; null where none has. */
  holder(name: string): Promise<string | null>
  /** Gives a lease to another server, or, as null, to none, if it is whose it is taken from. Answers whether it was. */
  pass(name: string, from: string | null, to: string | null): Promise<boolean>
}
