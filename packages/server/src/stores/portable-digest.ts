import { createHash } from 'node:crypto'
import { type Collection, canonicalText, type Portable } from './portable.ts'

/** How many rows there are, and the SHA-256 of their canonical texts in their order, a line each. */
export interface Digest {
  readonly rows: number
  readonly sha256: string
}

/** Reads all rows of a workspace's collection. */
export async function digestOf(
  portable: Portable,
  workspaceId: string,
  collection: Collection,
  onRows: (count: number) => void = () => {},
): Promise<Digest> {
  const hash = createHash('sha256')
  let rows = 0
  for await (const batch of portable.read(workspaceId, collection, null)) {
    for (const row of batch) hash.update(`${canonicalText(row)}\n`)
    rows += batch.length
    onRows(batch.length)
  }
  return { rows, sha256: hash.digest('hex') }
}
