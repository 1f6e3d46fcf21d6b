import { countedCache } from '../../counted-cache.ts'
import { inStore, integer } from '../fields/field.ts'
import { type Rows, type TenantRow, tenantFields } from './rows.ts'
import { above } from './where.ts'

/** A row with its place among those of its workspace, counted from 1 without holes: nothing is ordered by a clock. */
export interface NumberedRow extends TenantRow {
  readonly n: number
}

export const numberedFields = { ...tenantFields, n: inStore(integer) }

/** The numbers of one kind of rows, on which `(workspace_id, n)` is a unique key. */
export interface Numbers {
  /** The last number that is taken; another node may take the next one first. */
  last(workspaceId: string): Promise<number>
}

const keptWorkspaces = 10_000

export function numbersOf(rows: Pick<Rows<NumberedRow>, 'get'>): Numbers {
  const known = countedCache<string, number>(keptWorkspaces)

  return {
    async last(workspace_id) {
      const isTaken = async (n: number) => (await rows.get({ workspace_id, n }, ['n'])) !== undefined
      const last = await lastOf(known.get(workspace_id) ?? 0, isTaken)
      known.set(workspace_id, last)
      return last
    },
  }
}

/** The last of numbers without holes, from one that is known on: in as many looks as twice the digits of what is new. */
async function lastOf(from: number, isTaken: (n: number) => Promise<boolean>): Promise<number> {
  let [taken, step] = [from, 1]
  for (; await isTaken(taken + step); step *= 2) taken += step
  for (let free = taken + step; free - taken > 1; ) {
    const middle = Math.floor((taken + free) / 2)
    if (await isTaken(middle)) taken = middle
    else free = middle
  }
  return taken
}

/** The numbers of rows of which there are few, and some are removed: the next one is after the highest. */
export function highestNumbers(rows: Pick<Rows<NumberedRow>, 'find'>): Numbers {
  return {
    async last(workspace_id) {
      const highest = { fields: ['n'], sort: { n: -1 }, limit: 1 } as const
      const [row] = await rows.find({ workspace_id, n: above(0) }, highest)
      return row?.n ?? 0
    },
  }
}
