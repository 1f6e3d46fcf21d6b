import { rewriteText } from '../../portable.ts'
import { isTaken } from '../errors.ts'
import type { EntryDocument, StreamDocument } from '../logs.ts'
import type { Rows, TenantRow } from '../rows.ts'
import type { ThreadDocument } from '../threads.ts'
import type { Where } from '../where.ts'
import { batchSize } from './table.ts'

const atOnce = 32

/** Runs commands for rows, a few at a time; answers in the rows' order. */
async function inParallel<Row, Result>(
  rows: readonly Row[],
  run: (row: Row) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let at = 0; at < rows.length; at += atOnce)
    results.push(...(await Promise.all(rows.slice(at, at + atOnce).map(run))))
  return results
}

/** Puts rows in the places of those with their ids; false for each of which another key is taken. */
export function replaceAll<Row extends TenantRow>(
  rows: Rows<Row>,
  workspaceId: string,
  some: readonly { readonly _id: string }[],
): Promise<boolean[]> {
  return inParallel(some, (row) => replaceRow(rows, workspaceId, row))
}

async function replaceRow<Row extends TenantRow>(
  rows: Rows<Row>,
  workspace_id: string,
  { _id, ...fields }: { readonly _id: string },
): Promise<boolean> {
  try {
    // Fields that every kind of row has, and a row of this kind without its id.
    return await rows.change({ workspace_id, _id } as Where<Row>, { $set: fields as Partial<Row> })
  } catch (error) {
    if (isTaken(error)) return false
    throw error
  }
}

/** Gives a stream another name; false where that name is taken. */
export async function renameStream(
  streams: Rows<StreamDocument>,
  entries: Rows<EntryDocument>,
  threads: Rows<ThreadDocument>,
  { workspace_id, from, to }: { readonly workspace_id: string; readonly from: string; readonly to: string },
): Promise<boolean> {
  if (await streams.get({ workspace_id, stream: to }, ['_id'])) return false
  // The stream's own row comes last: as long as it has the old name, a killed run is taken up again.
  for (;;) {
    const where = { workspace_id, stream: from }
    const some = await entries.find(where, { fields: ['_id', 'text'], limit: batchSize })
    await inParallel(some, ({ _id, text }) =>
      entries.change({ ...where, _id }, { $set: { stream: to, text: rewriteText(text, { stream: to }) } }),
    )
    if (some.length < batchSize) break
  }
  await threads.changeAll({ workspace_id, parent: from }, { $set: { parent: to } })
  return streams.change({ workspace_id, stream: from }, { $set: { stream: to } })
}
