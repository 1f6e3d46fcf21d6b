import { type Collection, collections } from './portable.ts'

/** A table of a driver, whatever the driver calls it. */
export interface KeptTable {
  readonly name: string
  /**
   * The collection whose rows it has or helps to find; `servers`: it belongs to the servers, and is neither moved, exported
   * nor searched for people; null: nobody has said what it is.
   */
  readonly of: Collection | 'servers' | null
}

/** The register of workspaces, which each start writes anew, and the log of changes, which is erased by itself. */
const serverTables: readonly string[] = ['workspaces', 'changes', 'nodes', 'leases']

/** @param others tables of a driver's own, which have a part of a collection or are its servers' */
export function keptTable(
  name: string,
  others: Readonly<Record<string, Collection | 'servers'>> = {},
): KeptTable {
  const isServers = serverTables.includes(name)
  const of = collections.find((one) => one === name) ?? others[name] ?? (isServers ? 'servers' : null)
  return { name, of }
}
