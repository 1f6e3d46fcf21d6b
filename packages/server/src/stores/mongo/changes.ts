import { isoNow } from '../../time.ts'
import { changesAtOnce, renamedChange } from '../changes.ts'
import { inStore, integer, json, text } from '../fields/field.ts'
import { newId } from '../ids.ts'
import type { Change, ChangeStore, PlacedChange } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type TenantRow, tenantFields } from './rows.ts'
import { above, upTo, within } from './where.ts'

interface ChangeDocument extends TenantRow {
  readonly seq: number
  readonly made_at: string
  readonly change: Change
}

/** The log has a workspace of its own, so that a sharded cluster keeps it in one place. No workspace's id is empty. */
const workspace_id = ''

const declaration: Declaration<ChangeDocument> = {
  fields: { ...tenantFields, seq: inStore(integer), made_at: inStore(text), change: inStore(json) },
  shardKey: { workspace_id: 1 },
  indexes: [{ name: 'place', key: { workspace_id: 1, seq: 1 }, unique: true }],
}

/** The log of what every server acts on. */
export function mongoChanges(database: Database): ChangeStore {
  const rows = database.rows('changes', declaration)

  /** A seq that there is, since the last one is never removed: whoever looks for the head begins here. */
  let known = 0

  async function lastFrom(seq: number): Promise<number | undefined> {
    const where = { workspace_id, seq: above(seq - 1) }
    const [last] = await rows.find(where, { fields: ['seq'], sort: { seq: -1 }, limit: 1 })
    return last?.seq
  }

  async function head(): Promise<number> {
    // Without what is known where the database has been replaced by an older one.
    known = (await lastFrom(known)) ?? (known > 0 ? await lastFrom(0) : undefined) ?? 0
    return known
  }

  async function after(seq: number): Promise<PlacedChange[]> {
    const where = { workspace_id, seq: within(seq + 1, seq + changesAtOnce) }
    const found = await rows.find(where, { fields: ['seq', 'change'], sort: { seq: 1 } })
    if (found.length > 0 || (await head()) <= seq) return found
    // Retention has removed what followed: go on from the oldest that is left.
    return rows.find({ workspace_id }, { fields: ['seq', 'change'], sort: { seq: 1 }, limit: changesAtOnce })
  }

  return {
    head,

    async append(changes) {
      let left = changes
      await database.deadlines.persist(async () => {
        const made_at = isoNow()
        const from = (await head()) + 1
        const inserted = await rows.insert(
          left.map((change, at) => ({ _id: newId(), workspace_id, seq: from + at, made_at, change })),
        )
        // Another server took the next place.
        left = left.slice(inserted)
        return left.length === 0 ? true : undefined
      })
    },

    after,

    async rename(workspaceId, renamed, from) {
      const placed = await after(from)
      const updates = placed.flatMap(({ seq, change }) => {
        const changed = renamedChange(change, workspaceId, renamed)
        return changed ? [{ where: { workspace_id, seq }, update: { $set: { change: changed } } }] : []
      })
      await rows.changeEach(updates)
      const last = placed.at(-1)?.seq ?? from
      return last < (await head()) ? last : null
    },

    async prune(before) {
      for (;;) {
        const last = await head()
        const selection = { fields: ['seq', 'made_at'], sort: { seq: 1 }, limit: changesAtOnce } as const
        const old = (await rows.find({ workspace_id }, selection)).filter(({ seq }) => seq < last)
        const kept = old.findIndex(({ made_at }) => made_at >= before)
        const end = (kept < 0 ? old : old.slice(0, kept)).at(-1)
        if (end) await rows.remove({ workspace_id, seq: upTo(end.seq) })
        if (!end || kept >= 0 || old.length < changesAtOnce) return
      }
    },
  }
}
