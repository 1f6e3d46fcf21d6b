import { isoNow } from '../../time.ts'
import { repeated } from '../creation.ts'
import {
  givenBackLink,
  newShareLinkRow,
  type ShareLinkRow,
  toShareLink,
  type UsedRow,
  usedLink,
} from '../fields/share-links.ts'
import { newId } from '../ids.ts'
import type { ShareLinkStore } from '../store.ts'
import type { Stored } from './columns.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** The links of each workspace, and what V2 keeps for it. */
export function embeddedShareLinks(db: Database): Sync<ShareLinkStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.share_links
  const meta = tables.meta_settings
  const select = `SELECT workspace_id, ${selected} FROM share_links`
  const byCid = db.prepare<Stored>(`${select} WHERE workspace_id = ? AND created_by = ? AND cid = ?`)
  const byLink = db.prepare<Stored & { workspace_id: string }>(`${select} WHERE link_id = ?`)
  const insert = db.prepare(`INSERT INTO share_links (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const write = db.prepare(
    `UPDATE share_links SET available_links = ?, usernames = ?, is_active = ?, distribution_text = ?, uses = ?,
       revision = ?
     WHERE link_id = ?`,
  )
  const metaOf = db.prepare<Stored>(`SELECT ${meta.selected} FROM meta_settings WHERE workspace_id = ?`)
  const insertMeta = db.prepare(
    `INSERT INTO meta_settings (workspace_id, ${meta.inserted}) VALUES (?, ${meta.marks})`,
  )
  const writeMeta = db.prepare(
    'UPDATE meta_settings SET waiting_time = ?, operation_time = ? WHERE workspace_id = ?',
  )

  function find(linkId: string): { readonly workspace_id: string; readonly row: ShareLinkRow } | undefined {
    const stored = byLink.get(linkId)
    return stored && { workspace_id: stored.workspace_id, row: toRow(stored) }
  }

  function change(linkId: string, row: UsedRow): void {
    const { available_links, usernames, is_active, distribution_text, uses, revision } = row
    const texts = [distribution_text, JSON.stringify(uses)]
    write.run(available_links, JSON.stringify(usernames), Number(is_active), ...texts, revision, linkId)
  }

  return {
    create(link) {
      const { workspace_id, created_by, cid, fingerprint } = link
      const known = byCid.get(workspace_id, created_by, cid)
      if (known) return repeated(toRow(known), fingerprint, toShareLink)
      if (byLink.get(link.link_id)) return { conflict: 'exists' }
      const row = newShareLinkRow(link)
      insert.run(workspace_id, ...valuesOf(row))
      return { created: true, row: toShareLink(row) }
    },

    find(linkId) {
      const found = find(linkId)
      return found ? { workspace_id: found.workspace_id, link: toShareLink(found.row) } : null
    },

    use(workspaceId, linkId, product, cid) {
      const found = find(linkId)
      if (found?.workspace_id !== workspaceId) return null
      const used = usedLink(found.row, product, cid)
      if (used === 'used_up') return used
      if (used.row) change(linkId, used.row)
      return used.use
    },

    giveBack(workspaceId, taken) {
      const found = find(taken.link_id)
      const row = found?.workspace_id === workspaceId && givenBackLink(found.row, taken)
      if (row) change(taken.link_id, row)
    },

    setMeta(workspaceId, { waiting_time, operation_time }) {
      const known = metaOf.get(workspaceId)
      if (known) writeMeta.run(waiting_time, operation_time, workspaceId)
      const row = known
        ? { ...meta.toRow(known), waiting_time, operation_time }
        : { _id: newId(), waiting_time, operation_time, created_at: isoNow() }
      if (!known) insertMeta.run(workspaceId, ...meta.valuesOf(row))
      return row
    },

    meta(workspaceId) {
      const stored = metaOf.get(workspaceId)
      return stored ? meta.toRow(stored) : null
    },
  }
}
