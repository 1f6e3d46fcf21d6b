import { newId } from '../ids.ts'
import { deletionOf, removedRow, uploadsOf } from '../removal.ts'
import type { Removal, Removed, StreamKey } from '../store.ts'
import { strippedRow } from '../traces.ts'
import type { Database } from './database.ts'
import type { EntryDocument, Logs, MongoLog } from './logs.ts'
import type { Pending, Pendings } from './pending.ts'
import type { Place, SilentDraft } from './placing.ts'
import type { Rows } from './rows.ts'
import type { Words } from './search/words.ts'
import { dropUploads, uploadRows } from './upload-rows.ts'
import { between, type Condition, oneOf, type Where } from './where.ts'

export interface Removing {
  /** Completes a removal that has begun. */
  complete(log: MongoLog, pending: Pending): Promise<void>
  remove(pendings: Pendings, key: StreamKey, removal: Removal): Promise<Removed>
}

/** Removes messages, and what other entries have of them. */
export function mongoRemoving(
  database: Database,
  { entries, find }: Logs,
  place: Place,
  words: Pick<Words, 'has' | 'remove'>,
): Removing {
  const { deadlines } = database
  const uploads = uploadRows(database)

  /** The messages at these seqs that still have something to remove. */
  async function removable({ workspace_id, stream }: StreamKey, { targets, reason }: Removal) {
    const rows = await entries.find({ workspace_id, stream, seq: oneOf(targets) })
    return rows.flatMap((row) => {
      const left = row.type === null ? removedRow(row, reason) : undefined
      return left ? [{ row, left }] : []
    })
  }

  async function complete(log: MongoLog, pending: Pending): Promise<void> {
    const { workspace_id, stream } = log.key
    const { cid, targets, reason } = pending
    const changes = await removable(log.key, pending)
    // First: an interrupted removal is taken up again as long as the texts are there, which name the files.
    await dropUploads(
      uploads,
      workspace_id,
      changes.flatMap(({ row }) => uploadsOf(row)),
    )
    await entries.changeEach(
      changes.map(({ row: { author, cid: known }, left }) => ({
        // By its author, in case a later removal was faster.
        where: { workspace_id, stream, author, cid: known },
        update: { $set: left },
      })),
    )
    if (await words.has(log.key))
      await words.remove(
        log.key,
        changes.map(({ row }) => row),
      )
    const strip = () => stripTargets(entries, log.key, targets)
    await strip()
    const deletion: SilentDraft = {
      type: 'deletion',
      ...{ author: '', cid, fingerprint: '', sid: null },
      entryOf: (placed) => deletionOf(stream, placed, { targets: [...targets], reason }),
    }
    await place(log, [{ draft: deletion }])
    // Replies that were appended meanwhile; what comes after the deletion quotes nothing that is removed.
    await strip()
  }

  return {
    complete,

    remove(pendings, key, removal) {
      return deadlines.persist(async () => {
        const log = await pendings.settled(key)
        if (!log) return { removed: [], head: 0 }
        const removed = (await removable(log.key, removal)).map(({ row }) => row.seq)
        if (removed.length === 0) return { removed, head: log.head.seq }
        const { reason } = removal
        if (!(await pendings.run(log, { cid: `deletion:${newId()}`, targets: removed, reason })))
          return undefined
        return { removed, head: (await find(key))?.head.seq ?? 0 }
      })
    },
  }
}

const strippedAtOnce = 200
const targetsAtOnce = 100

/** Takes out of other entries what they have of these messages. */
async function stripTargets(
  entries: Rows<EntryDocument>,
  { workspace_id, stream }: StreamKey,
  targets: readonly number[],
): Promise<void> {
  const all = between(Math.min(...targets) - 1, Math.max(...targets) + 1)
  // Nothing has anything of most messages, and one look tells.
  if (targets.length === 0 || !(await entries.get({ workspace_id, stream, about: all }, ['seq']))) return
  for (let at = 0; at < targets.length; at += targetsAtOnce)
    await stripAll(entries, { workspace_id, stream }, oneOf(targets.slice(at, at + targetsAtOnce)))
}

/** Takes out of other entries what they have of messages that are gone. */
export async function stripAll(
  entries: Rows<EntryDocument>,
  { workspace_id, stream }: StreamKey,
  about: Condition<number>,
): Promise<void> {
  for (;;) {
    const rows = await entries.find(
      { workspace_id, stream, about },
      { fields: ['_id', 'type', 'aspect', 'text'], limit: strippedAtOnce },
    )
    if (rows.length === 0) return
    await entries.changeEach(
      rows.map((row) => ({
        where: asRead({ workspace_id, stream }, row),
        update: { $set: strippedRow(row) },
      })),
    )
  }
}

/** An entry as it was read, in case somebody else has changed it meanwhile. A damaged one may have no text. */
export function asRead(
  { workspace_id, stream }: StreamKey,
  { _id, text }: Pick<EntryDocument, '_id' | 'text'>,
): Where<EntryDocument> {
  const place = { workspace_id, stream, _id }
  return typeof text === 'string' ? { ...place, text } : place
}
