import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb'
import { claimsOf, missedBy, partiesOf } from '../call-claims.ts'
import { toCall } from '../fields/calls.ts'
import { type CallDocument, claimsIndex } from './calls.ts'
import { isTaken } from './errors.ts'

const writtenAtOnce = 500

const withoutParties = { parties: { $exists: false } }

/** Names the users of the calls from before there was a history, and what the open ones keep others from. */
export async function nameParties(db: Db): Promise<void> {
  const calls = db.collection<CallDocument>('calls')
  const { name, key, unique = false, only = {} } = claimsIndex
  await calls.createIndex({ ...key }, { name, unique, partialFilterExpression: only })
  // What a server of the version before has changed or made in the meantime is named by the next round.
  while ((await nameAll(calls)) > 0);
}

/** Answers how many calls named no parties. */
async function nameAll(calls: Collection<CallDocument>): Promise<number> {
  let count = 0
  let writes: AnyBulkWriteOperation<CallDocument>[] = []
  const write = async (): Promise<void> => {
    if (writes.length > 0) await calls.bulkWrite(writes, { ordered: false })
    writes = []
  }
  for await (const row of calls.find(withoutParties)) {
    const call = toCall(row)
    const named = { parties: partiesOf(call), missed_by: missedBy(call) }
    count++
    if (row.is_open) await nameOpen(calls, row, named)
    else writes.push({ updateOne: { filter: asSeen(row), update: { $set: { ...named, claims: [] } } } })
    if (writes.length >= writtenAtOnce) await write()
  }
  await write()
  return count
}

/** Two open calls from before can be in each other's way: then the second has no claims. */
async function nameOpen(
  calls: Collection<CallDocument>,
  row: CallDocument,
  named: Pick<CallDocument, 'parties' | 'missed_by'>,
): Promise<void> {
  const set = (claims: readonly string[]) => calls.updateOne(asSeen(row), { $set: { ...named, claims } })
  try {
    await set(claimsOf(toCall(row)))
  } catch (error) {
    if (!isTaken(error)) throw error
    await set([])
  }
}

/** The call, unless it has changed or is named since. */
function asSeen({ _id, workspace_id, revision }: CallDocument) {
  return { _id, workspace_id, revision, ...withoutParties }
}
